import type { Tensor } from '../core/ir/tensor.ts'

/** A number that is NaN or infinite, and the sample it comes of. */
export interface NotFinite {
  readonly sample: number
  readonly value: number
}

/** Gathers what a layer gives over all samples of a data set, batch after batch. A unit is a feature or a channel. */
export class LayerStatistics {
  #count = 0
  #zeros = 0
  #mean = 0
  /** Σ (x − mean)² */
  #spread = 0
  #min = Number.POSITIVE_INFINITY
  #max = Number.NEGATIVE_INFINITY
  #samples = 0
  #saturated = 0
  #derivatives = 0
  #gradientSquares = 0
  #gradients = 0
  readonly #epsilon: number
  /** of each unit: whether it was ever above 0, whether f′ was ever other than 0 */
  readonly #positive: Uint8Array
  readonly #alive: Uint8Array
  #notFinite: NotFinite | undefined

  constructor(units: number, epsilon: number) {
    this.#positive = new Uint8Array(units)
    this.#alive = new Uint8Array(units)
    this.#epsilon = epsilon
  }

  /** One batch of outputs (N, units, …). */
  addOutputs({ shape, data }: Tensor): void {
    const [batch = 1] = shape
    const each = data.length / batch
    const inner = each / this.#positive.length
    for (let i = 0; i < data.length; i++) {
      const x = data[i] ?? 0
      if (!Number.isFinite(x)) {
        this.#notFinite ??= { sample: this.#samples + Math.floor(i / each), value: x }
        continue
      }
      this.#count++
      const apart = x - this.#mean
      this.#mean += apart / this.#count
      this.#spread += apart * (x - this.#mean)
      if (x === 0) this.#zeros++
      if (x < this.#min) this.#min = x
      if (x > this.#max) this.#max = x
      if (x > 0) this.#positive[Math.floor((i % each) / inner)] = 1
    }
    this.#samples += batch
  }

  /** f′ at the same places. */
  addDerivatives({ shape, data }: Tensor): void {
    const [batch = 1] = shape
    const each = data.length / batch
    const inner = each / this.#alive.length
    for (let i = 0; i < data.length; i++) {
      const slope = data[i] ?? 0
      if (Math.abs(slope) < this.#epsilon) this.#saturated++
      if (slope !== 0) this.#alive[Math.floor((i % each) / inner)] = 1
    }
    this.#derivatives += data.length
  }

  /** ∂L/∂output; `scale`: the batch's share in the whole loss. */
  addGradients({ data }: Tensor, scale: number): void {
    for (let i = 0; i < data.length; i++) this.#gradientSquares += ((data[i] ?? 0) * scale) ** 2
    this.#gradients += data.length
  }

  /** Where finite numbers lie. */
  get extent(): { readonly min: number; readonly max: number } {
    return this.#count === 0 ? { min: Number.NaN, max: Number.NaN } : { min: this.#min, max: this.#max }
  }

  get notFinite(): NotFinite | undefined {
    return this.#notFinite
  }

  /** Units that no sample gives more than 0, and that let no gradient through. Only of layers with derivatives. */
  get deadUnits(): readonly number[] {
    if (this.#derivatives === 0) return []
    return [...this.#positive.keys()].filter((unit) => this.#positive[unit] === 0 && this.#alive[unit] === 0)
  }

  get numbers() {
    const some = this.#count > 0
    return {
      mean: some ? this.#mean : Number.NaN,
      std: some ? Math.sqrt(this.#spread / this.#count) : Number.NaN,
      ...this.extent,
      zeros: some ? (100 * this.#zeros) / this.#count : 0,
      saturated: this.#derivatives === 0 ? undefined : (100 * this.#saturated) / this.#derivatives,
      gradientNorm: Math.sqrt(this.#gradientSquares),
      /** √ of the mean square */
      gradientSize: Math.sqrt(this.#gradientSquares / Math.max(1, this.#gradients)),
    }
  }
}
