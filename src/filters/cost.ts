import type { Slide } from './arithmetic.ts'
import { rowLength } from './band.ts'
import { tileSide } from './fft.ts'
import { type Matrix, separated } from './matrix.ts'

/** Nanoseconds for one weight and one number, and for one number, one level and one direction of a transform of tiles. */
const costs = { f64: { direct: 1.5, transform: 15 }, f32: { direct: 0.016, transform: 15 } } as const

/** Whether a correlation by transforms is the faster one, by what both were measured to take (bench/filters.ts). */
export function fftIsFaster(kernel: Matrix, { out, want }: Slide, precision: keyof typeof costs): boolean {
  const { direct, transform } = costs[precision]
  const numbers = want.count * rowLength(out)
  const taps = separated(kernel) ? kernel.rows + kernel.columns : kernel.data.filter((w) => w !== 0).length
  const side = tileSide(Math.max(kernel.rows, kernel.columns))
  const step = { rows: side - kernel.rows + 1, columns: side - kernel.columns + 1 }
  const tiles = Math.ceil(want.count / step.rows) * Math.ceil(out.columns / step.columns) * out.channels
  // forwards and back for a pair of tiles, and once for the kernel
  const transforms = 2 * Math.ceil(tiles / 2) + 1
  return transforms * side * side * Math.log2(side) * transform < numbers * taps * direct
}
