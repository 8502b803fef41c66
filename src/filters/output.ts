import type { Band } from './band.ts'
import { elementwise } from './elementwise.ts'
import type { OutputForm } from './job.ts'
import { sumOf } from './matrix.ts'
import { displayRange, isInteger, type NumberClass } from './number-class.ts'
import type { Pipeline, Step } from './pipeline.ts'
import type { SampleData } from './samples.ts'

/** The least and the largest of some numbers. */
export interface Extremes {
  readonly least: number
  readonly largest: number
}

/**
 * Numbers in the form that was asked for, integers not yet rounded and kept in their range: `float` leaves them, `clamp` keeps floats
 * within 0 … 1, `abs` drops their sign, `minmax`
 * stretches them over the class's range, `offset` puts 0 in its middle. Overwrites the band.
 */
export function formed(band: Band, form: OutputForm, type: NumberClass, { least, largest }: Extremes): Band {
  const [low, high] = displayRange(type)
  const { data } = band
  switch (form) {
    case 'float':
      return band
    case 'clamp':
      if (isInteger(type)) return band
      return elementwise(band, (i) => Math.min(high, Math.max(low, data[i] ?? 0)))
    case 'abs':
      return elementwise(band, (i) => Math.abs(data[i] ?? 0))
    case 'minmax': {
      const scale = largest > least ? (high - low) / (largest - least) : 0
      return elementwise(band, (i) => low + ((data[i] ?? 0) - least) * scale)
    }
    case 'offset': {
      const middle = isInteger(type) ? Math.ceil((low + high) / 2) : (low + high) / 2
      return elementwise(band, (i) => (data[i] ?? 0) + middle)
    }
  }
}

/** Extremes over all numbers of both. */
export function widened({ least, largest }: Extremes, { data }: { readonly data: SampleData }): Extremes {
  let [low, high] = [least, largest]
  for (let i = 0; i < data.length; i++) {
    const value = data[i] ?? 0
    if (value < low) low = value
    if (value > high) high = value
  }
  return { least: low, largest: high }
}

export const NO_EXTREMES: Extremes = { least: Number.POSITIVE_INFINITY, largest: Number.NEGATIVE_INFINITY }

/** Sums of kernels that are 0 but for rounding. */
const ZERO_SUM = 1e-9

/** Whether a pipeline's results lie around 0, whatever the picture: its kernels, one after the other, sum to 0. */
export function isZeroSum({ steps }: Pick<Pipeline, 'steps'>): boolean {
  return Math.abs(steps.reduce(gainAfter, 1)) < ZERO_SUM
}

/** What a constant picture is multiplied by: a linear filter's sum. One that is not linear keeps a constant or drops signs. */
function gainAfter(gain: number, { stages, combine, amount }: Step): number {
  const filtered = stages.reduce(
    (product, { kernel, unsigned }) => (unsigned ? 1 : kernel ? product * sumOf(kernel) : product),
    gain,
  )
  if (combine === 'replace') return filtered
  return gain + (combine === 'add' ? amount : -amount) * filtered
}
