/** How many numbers lie in each of some bins of equal width; the last one has its upper edge too. */
export interface Histogram {
  readonly min: number
  readonly max: number
  readonly counts: readonly number[]
}

export const BINS = 32

/** Counts finite numbers between two that are known. */
export class HistogramCounter {
  readonly #min: number
  readonly #max: number
  readonly #counts = new Float64Array(BINS)

  constructor({ min, max }: { readonly min: number; readonly max: number }) {
    this.#min = min
    this.#max = max
  }

  add(data: ArrayLike<number>): void {
    const width = this.#max - this.#min
    for (let i = 0; i < data.length; i++) {
      const x = data[i] ?? 0
      if (!Number.isFinite(x)) continue
      const bin = width === 0 ? 0 : Math.min(BINS - 1, Math.floor(((x - this.#min) / width) * BINS))
      this.#counts[bin] = (this.#counts[bin] ?? 0) + 1
    }
  }

  get histogram(): Histogram {
    return { min: this.#min, max: this.#max, counts: [...this.#counts] }
  }
}
