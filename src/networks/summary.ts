import type { Tensor } from '../core/ir/tensor.ts'

/** An array in few numbers. Those that are not finite are counted, and left out of the others. */
export interface Summary {
  readonly count: number
  readonly min: number
  readonly max: number
  readonly mean: number
  /** √(mean (x − mean)²) */
  readonly std: number
  /** √Σ x² */
  readonly norm: number
  /** percent that are 0 */
  readonly zeros: number
  readonly notFinite: number
}

export function summarize(data: ArrayLike<number>): Summary {
  let [min, max] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  let [finite, total, squares, zeros] = [0, 0, 0, 0]
  for (let i = 0; i < data.length; i++) {
    const x = data[i] ?? 0
    if (!Number.isFinite(x)) continue
    finite++
    total += x
    squares += x * x
    if (x === 0) zeros++
    if (x < min) min = x
    if (x > max) max = x
  }
  const mean = finite === 0 ? 0 : total / finite
  let spread = 0
  for (let i = 0; i < data.length; i++) {
    const x = data[i] ?? 0
    if (Number.isFinite(x)) spread += (x - mean) ** 2
  }
  return {
    count: data.length,
    min: finite === 0 ? Number.NaN : min,
    max: finite === 0 ? Number.NaN : max,
    mean: finite === 0 ? Number.NaN : mean,
    std: finite === 0 ? Number.NaN : Math.sqrt(spread / finite),
    norm: Math.sqrt(squares),
    zeros: data.length === 0 ? 0 : (100 * zeros) / data.length,
    notFinite: data.length - finite,
  }
}

/** An array as people are shown it: its numbers where they are few. */
export interface Shown {
  readonly shape: readonly number[]
  readonly summary: Summary
  /** undefined for more than so many */
  readonly data: Tensor['data'] | undefined
}

export const shown = ({ shape, data }: Pick<Tensor, 'shape' | 'data'>, most: number): Shown => ({
  shape,
  summary: summarize(data),
  data: data.length <= most ? data : undefined,
})
