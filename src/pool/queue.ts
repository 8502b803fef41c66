import type { Priority } from './task.ts'

interface Queued {
  readonly priority: Priority
}

/** Tasks that wait: those put back first, then by priority, then the oldest. Every operation takes constant time. */
export class Queue<Item extends Queued> {
  readonly #again = new Set<Item>()
  readonly #interactive = new Set<Item>()
  readonly #batch = new Set<Item>()

  get size(): number {
    return this.#again.size + this.#interactive.size + this.#batch.size
  }

  *values(): Generator<Item, void> {
    for (const lane of [this.#again, this.#interactive, this.#batch]) yield* lane
  }

  push(item: Item): void {
    const lane = item.priority === 'interactive' ? this.#interactive : this.#batch
    lane.add(item)
  }

  /** For an item that has waited once already: it goes before all others. */
  putBack(item: Item): void {
    this.#again.add(item)
  }

  shift(): Item | undefined {
    for (const lane of [this.#again, this.#interactive, this.#batch])
      for (const item of lane) {
        lane.delete(item)
        return item
      }
    return undefined
  }

  /** Whether the item was waiting. */
  remove(item: Item): boolean {
    return this.#again.delete(item) || this.#interactive.delete(item) || this.#batch.delete(item)
  }
}
