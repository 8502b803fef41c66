/* What the kernels for pictures compute, in plain TypeScript. */

const HALF = 2 ** 21
const toByte = (sum: number): number => Math.min(255, Math.max(0, sum >> 22))

/** For each of the target's pixels the first pixel of the source, and the weights of it and its neighbours, of 22 bits. */
export type Taps = readonly { readonly first: number; readonly weights: readonly number[] }[]

export const columnSums = (row: Uint8Array, channels: number, taps: Taps): number[] =>
  taps.flatMap(({ first, weights }) =>
    Array.from({ length: channels }, (_, c) =>
      toByte(weights.reduce((sum, weight, i) => sum + (row[(first + i) * channels + c] ?? 0) * weight, HALF)),
    ),
  )

export const rowSums = (rows: readonly Uint8Array[], weights: readonly number[]): number[] =>
  Array.from(rows[0] ?? [], (_, at) =>
    toByte(rows.reduce((sum, row, i) => sum + (row[at] ?? 0) * (weights[i] ?? 0), HALF)),
  )

/** Running mean over `box` cells of a line whose edges repeat: sums in f64, one cell coming and one leaving at a time. */
export function boxLine(line: readonly number[], box: number): number[] {
  const reach = (box - 1) / 2
  const at = (i: number) => line[Math.max(0, Math.min(line.length - 1, i))] ?? 0
  let sum = 0
  for (let i = -reach; i <= reach; i++) sum += at(i)
  return line.map((_, i) => {
    const mean = Math.fround(sum / box)
    sum += at(i + reach + 1) - at(i - reach)
    return mean
  })
}

const planesOf = (numbers: readonly number[], cells: number): number[][] =>
  Array.from({ length: cells }, (_, cell) => numbers.filter((_number, at) => at % cells === cell))

/** Of each cell the finite number of largest magnitude in all planes, the first of equal ones. */
export const strongestOf = (numbers: readonly number[], cells: number): number[] =>
  planesOf(numbers, cells).map((channels) =>
    channels.reduce(
      (best, value) => (Number.isFinite(value) && Math.abs(value) > Math.abs(best) ? value : best),
      0,
    ),
  )

/** Of each cell the largest magnitude, NaN where one is NaN. */
export const largestOf = (numbers: readonly number[], cells: number): number[] =>
  planesOf(numbers, cells).map((channels) => Math.max(...channels.map(Math.abs)))

export interface Place {
  readonly low: number
  readonly high: number
  readonly share: number
}

export function sampledRow(
  upper: readonly number[],
  lower: readonly number[],
  down: number,
  places: readonly Place[],
): number[] {
  const between = upper.map((value, i) => Math.fround(value * (1 - down) + (lower[i] ?? 0) * down))
  return places.map(({ low, high, share }) => {
    const left = between[low] ?? 0
    return Math.fround(left + ((between[high] ?? 0) - left) * share)
  })
}

export interface Inks {
  /** R,G,B of each level by its share of 256, and ½; the last is of the unseen */
  readonly colors: readonly (readonly number[])[]
  /** of the photo under each, 0..256 */
  readonly rests: readonly number[]
  readonly offset: number
  readonly scale: number
}

export const paintedRow = (
  photo: Uint8Array,
  values: readonly number[],
  { colors, rests, offset, scale }: Inks,
): number[] =>
  values.flatMap((value, x) => {
    const level = value >= -1 ? Math.trunc(offset + scale * value + 0.5) : 256
    return [0, 1, 2].map(
      (c) => ((photo[3 * x + c] ?? 0) * (rests[level] ?? 0) + (colors[level]?.[c] ?? 0)) >> 8,
    )
  })
