import { storedDown } from './template.ts'

/** A value of the network: loaded, or made of two others. */
type Wire =
  | { readonly address: string }
  | { readonly make: 'pmin' | 'pmax'; readonly a: number; readonly b: number }

/** A program of minima and maxima over vectors: what no result needs is left out. */
export class Network {
  readonly #wires: Wire[] = []
  readonly #results: { readonly wire: number; readonly address: string }[] = []

  load(address: string): number {
    return this.#wires.push({ address }) - 1
  }

  /** Puts the smaller one of each pair of places first. */
  exchange(wires: number[], pairs: readonly (readonly [number, number])[]): void {
    for (const [i, j] of pairs) {
      const [a, b] = [wires[i], wires[j]]
      if (a === undefined || b === undefined) throw new RangeError(`no wire ${i} or ${j}`)
      wires[i] = this.#make('pmin', a, b)
      wires[j] = this.#make('pmax', a, b)
    }
  }

  /** The smallest or largest of several. */
  fold(make: 'pmin' | 'pmax', wires: readonly number[]): number {
    return wires.reduce((a, b) => this.#make(make, a, b))
  }

  store(wire: number | undefined, address: string): void {
    if (wire === undefined) throw new RangeError(`nothing to store at ${address}`)
    this.#results.push({ wire, address })
  }

  /** Lines of code for 8 floats, `offset` bytes behind the addresses. */
  source(offset: string): string[] {
    const needed = new Set<number>()
    const need = (id: number): void => {
      const wire = this.#wires[id]
      if (!wire || needed.has(id)) return
      needed.add(id)
      if ('a' in wire) for (const part of [wire.a, wire.b]) need(part)
    }
    for (const { wire } of this.#results) need(wire)
    const halves = [0, 16].map((bytes, half) => ({ bytes, half }))
    const values = this.#wires.flatMap((wire, id) => {
      if (!needed.has(id)) return []
      return halves.map(({ bytes, half }) =>
        'address' in wire
          ? `const v${id}_${half} = v128.load(${wire.address} + ${offset}, ${bytes})`
          : `const v${id}_${half} = f32x4.${wire.make}(v${wire.a}_${half}, v${wire.b}_${half})`,
      )
    })
    const stores = this.#results.flatMap(({ wire, address }) =>
      storedDown(
        halves.map(({ bytes, half }) => `v128.store(${address} + ${offset}, v${wire}_${half}, ${bytes})`),
      ),
    )
    return [...values, ...stores]
  }

  #make(make: 'pmin' | 'pmax', a: number, b: number): number {
    return this.#wires.push({ make, a, b }) - 1
  }
}
