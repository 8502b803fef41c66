import { centreOf, type Matrix } from './matrix.ts'

/** How much of each frequency a kernel lets through. */
export interface FrequencyResponse {
  /** samples along each axis, odd: from −½ to ½ cycles a pixel with both ends, 0 in the middle */
  readonly side: number
  /** side × side, row by row: the vertical frequency grows downwards, as the picture's rows do */
  readonly magnitude: Float64Array
}

/**
 * |H|, H(f) = Σ w[i][j] e^{−2πi(f_y·(i−cᵢ) + f_x·(j−cⱼ))}: the sum over columns first, then that over rows. The half of
 * the plane with f_x < 0 mirrors the other one, as the kernel is real. Details of a kernel longer than the side fall between
 * its samples. Throws `RangeError` for an even side.
 */
export function frequencyResponse(kernel: Matrix, side = 129): FrequencyResponse {
  if (!Number.isInteger(side) || side < 3 || side % 2 === 0)
    throw new RangeError(`expected an odd side of at least 3, got ${side}`)
  const middle = (side - 1) / 2
  const waves = wavesOf(side - 1)
  const magnitude = new Float64Array(side * side)
  for (let across = 0; across <= middle; across++) {
    const rows = rowSums(kernel, across, waves)
    for (let down = -middle; down <= middle; down++) {
      const value = columnSum(rows, down, waves)
      magnitude[(middle + down) * side + middle + across] = value
      magnitude[(middle - down) * side + middle - across] = value
    }
  }
  return { side, magnitude }
}

/** cos and sin of the multiples of a full turn's n-th: every phase there is, as all frequencies are multiples of 1/n. */
interface Waves {
  readonly n: number
  readonly cos: Float64Array
  readonly sin: Float64Array
}

const wavesOf = (n: number): Waves => ({
  n,
  cos: Float64Array.from({ length: n }, (_, i) => Math.cos((2 * Math.PI * i) / n)),
  sin: Float64Array.from({ length: n }, (_, i) => Math.sin((2 * Math.PI * i) / n)),
})

/** frequency · position in n-ths of a turn, from 0 to n − 1 */
const phase = (frequency: number, position: number, n: number) => (((frequency * position) % n) + n) % n

interface Complex {
  readonly re: Float64Array
  readonly im: Float64Array
}

/** Each row's sum over its columns at one horizontal frequency. */
function rowSums({ rows, columns, data }: Matrix, frequency: number, { n, cos, sin }: Waves): Complex {
  const re = new Float64Array(rows)
  const im = new Float64Array(rows)
  const phases = Int32Array.from({ length: columns }, (_, j) => phase(frequency, j - centreOf(columns), n))
  for (let i = 0; i < rows; i++)
    for (let j = 0; j < columns; j++) {
      const weight = data[i * columns + j] ?? 0
      const at = phases[j] ?? 0
      re[i] = (re[i] ?? 0) + weight * (cos[at] ?? 0)
      im[i] = (im[i] ?? 0) - weight * (sin[at] ?? 0)
    }
  return { re, im }
}

/** The magnitude of the rows' sum at one vertical frequency. */
function columnSum({ re, im }: Complex, frequency: number, { n, cos, sin }: Waves): number {
  let real = 0
  let imaginary = 0
  let at = phase(frequency, -centreOf(re.length), n)
  const step = phase(frequency, 1, n)
  for (let i = 0; i < re.length; i++) {
    const c = cos[at] ?? 0
    const s = sin[at] ?? 0
    const a = re[i] ?? 0
    const b = im[i] ?? 0
    real += a * c + b * s
    imaginary += b * c - a * s
    at = (at + step) % n
  }
  return Math.hypot(real, imaginary)
}
