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
    const units = this.#positive.length
    const inner = data.length / batch / units
    let [count, sum, zeros] = [0, 0, 0]
    let [min, max] = [this.#min, this.#max]
    for (let row = 0, i = 0; row < batch * units; row++) {
      let largest = Number.NEGATIVE_INFINITY
      for (const end = i + inner; i < end; i++) {
        const x = data[i] ?? 0
        if (!Number.isFinite(x)) {
          this.#notFinite ??= { sample: this.#samples + Math.floor(row / units), value: x }
          continue
        }
        count++
        sum += x
        if (x === 0) zeros++
        if (x < min) min = x
        if (x > largest) largest = x
      }
      if (largest > max) max = largest
      if (largest > 0) this.#positive[row % units] = 1
    }
    this.#samples += batch
    if (count === 0) return
    this.#zeros += zeros
    this.#min = min
    this.#max = max
    this.#merge(count, sum / count, spreadAbout(sum / count, data))
  }

  /** Takes in numbers by what is known of them (Chan, Golub and LeVeque 1979). */
  #merge(count: number, mean: number, spread: number): void {
    const all = this.#count + count
    const apart = mean - this.#mean
    this.#spread += spread + (apart * apart * this.#count * count) / all
    this.#mean += (apart * count) / all
    this.#count = all
  }

  /** f′ at the same places. */
  addDerivatives({ shape, data }: Tensor): void {
    const [batch = 1] = shape
    const units = this.#alive.length
    const inner = data.length / batch / units
    for (let row = 0, i = 0; row < batch * units; row++) {
      let isAlive = false
      for (const end = i + inner; i < end; i++) {
        const slope = data[i] ?? 0
        if (Math.abs(slope) < this.#epsilon) this.#saturated++
        if (slope !== 0) isAlive = true
      }
      if (isAlive) this.#alive[row % units] = 1
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

/** Σ (x − mean)² over finite x. */
function spreadAbout(mean: number, data: ArrayLike<number>): number {
  let spread = 0
  for (let i = 0; i < data.length; i++) {
    const apart = (data[i] ?? 0) - mean
    if (Number.isFinite(apart)) spread += apart * apart
  }
  return spread
}
