import type { Priority } from './task.ts'

interface Queued {
  readonly priority: Priority
}

/** So many interactive items, each with those that join it, may pass a batch item that waits; then it is its turn. */
const MOST_PASSING = 3

/**
 * What waits: items put back first, then interactive ones before batch ones, as far as these do not starve; within each,
 * the oldest. Every operation but `values` takes constant time.
 */
export class Queue<Item extends Queued> {
  readonly #again = new Set<Item>()
  readonly #interactive = new Set<Item>()
  readonly #batch = new Set<Item>()
  #passing = 0

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

  /** The next item; with `batch: 'stays'` the next that is not in the lane of batch items. */
  shift({ batch = 'comes' }: { readonly batch?: 'comes' | 'stays' } = {}): Item | undefined {
    const [again] = this.#again
    const [interactive] = this.#interactive
    const [waiting] = batch === 'comes' ? this.#batch : []
    const isPassing = interactive !== undefined && waiting !== undefined && this.#passing < MOST_PASSING
    const next = again ?? (isPassing ? interactive : (waiting ?? interactive))
    if (next === undefined) return undefined
    if (next === waiting) this.#passing = 0
    else if (isPassing && next === interactive) this.#passing++
    this.remove(next)
    return next
  }

  /** Whether the item was waiting. */
  remove(item: Item): boolean {
    return this.#again.delete(item) || this.#interactive.delete(item) || this.#batch.delete(item)
  }
}
