import type { Arithmetic, Bilateral, Slide } from './arithmetic.ts'
import { type Band, type Extent, type Numbers, type Rows, rowLength } from './band.ts'
import { fftIsFaster, MOST_CAST_TAPS } from './cost.ts'
import { elementwise } from './elementwise.ts'
import { extended } from './extended.ts'
import { fftCorrelate } from './fft.ts'
import { fusedMultiplyAdd } from './fused-multiply-add.ts'
import { boxValue, type Matrix, matrixOf, separated } from './matrix.ts'
import { displayRange, saturate } from './number-class.ts'
import { colours, copyColours, samplesOf } from './samples.ts'

/** Called now and then by what takes long: throws when nobody waits for the result any more. */
export type Checkpoint = () => void

/** Filters in float64, from their definitions. */
export const plainArithmetic = (checkpoint: Checkpoint): Arithmetic => ({
  type: 'float64',
  load: (source, rows) => {
    const extent = { rows: source.rows, columns: source.columns, channels: colours(source) }
    return copyColours(source, band(extent, rows))
  },
  integers: ({ data }, type) => {
    const range = displayRange(type)
    return samplesOf(type, data.length).map((_, i) => saturate(data[i] ?? 0, range))
  },
  saturate: (band, range) => elementwise(band, (i) => saturate(band.data[i] ?? 0, range)),
  release: () => {},
  band,
  correlate(x, kernel, slide) {
    if (slide.cast && boxValue(kernel) === undefined && kernel.data.length <= MOST_CAST_TAPS)
      return castCorrelation(x, kernel, slide, slide.cast, checkpoint)
    if (fftIsFaster(kernel, slide, 'f64')) return fftCorrelate(x, kernel, slide, { band, checkpoint })
    return kernel.rows > 1 && kernel.columns > 1
      ? inTwoPasses(x, kernel, slide, checkpoint)
      : direct(x, kernel, slide, checkpoint)
  },
  rank: (x, index, slide) =>
    overWindows(x, slide, checkpoint, (values) => {
      values.sort()
      return values[index] ?? 0
    }),
  extreme: (x, which, slide) =>
    overWindows(x, slide, checkpoint, (values) => values.reduce(which === 'min' ? smaller : larger)),
  bilateral: (x, options, slide) => bilateral(x, options, slide, checkpoint),
})

/** The same for work that nobody calls off. */
export const plain = plainArithmetic(() => {})

const smaller = (a: number, b: number) => (b < a ? b : a)
const larger = (a: number, b: number) => (b > a ? b : a)

function band(extent: Extent, { first, count }: Rows): Band {
  return { ...extent, first, count, data: new Float64Array(count * rowLength(extent)) }
}

function direct(x: Band, kernel: Matrix, slide: Slide, checkpoint: Checkpoint): Band {
  const out = band(slide.out, slide.want)
  const from = extended(x, slide)
  const length = rowLength(out)
  for (let i = 0; i < kernel.rows; i++)
    for (let j = 0; j < kernel.columns; j++) {
      const w = kernel.data[i * kernel.columns + j] ?? 0
      if (w === 0) continue
      checkpoint()
      for (let row = 0; row < out.count; row++) {
        const at = (row + i) * from.length + j * x.channels
        addScaled(out.data, row * length, from.data, at, w, length)
      }
    }
  return out
}

function addScaled(
  to: Numbers,
  toAt: number,
  from: Numbers,
  fromAt: number,
  w: number,
  length: number,
): void {
  for (let i = 0; i < length; i++) to[toAt + i] = (to[toAt + i] ?? 0) + w * (from[fromAt + i] ?? 0)
}

/**
 * The sums cast as they are made. Many lie halfway between two integers, but for their last bit: so they are added up as
 * Octave and MATLAB do, from the last column and row to the first, each product and sum rounded once.
 */
function castCorrelation(
  x: Band,
  kernel: Matrix,
  slide: Slide,
  range: readonly [number, number],
  checkpoint: Checkpoint,
): Band {
  const out = band(slide.out, slide.want)
  const from = extended(x, slide)
  const length = rowLength(out)
  for (let at = 0; at < out.data.length; at++) {
    const start = Math.floor(at / length) * from.length + (at % length)
    if (at % length === 0) checkpoint()
    let sum = 0
    for (let j = kernel.columns - 1; j >= 0; j--)
      for (let i = kernel.rows - 1; i >= 0; i--) {
        const w = kernel.data[i * kernel.columns + j] ?? 0
        sum = fusedMultiplyAdd(w, from.data[start + i * from.length + j * x.channels] ?? 0, sum)
      }
    out.data[at] = saturate(sum, range)
  }
  return out
}

/** A kernel of rank 1 first down the columns, then along the rows, where that is less work. */
function inTwoPasses(x: Band, kernel: Matrix, slide: Slide, checkpoint: Checkpoint): Band {
  const parts = separated(kernel)
  if (!parts) return direct(x, kernel, slide, checkpoint)
  const { window, boundary, out } = slide
  const column = matrixOf(kernel.rows, 1, (i) => parts.column[i] ?? 0)
  const row = matrixOf(1, kernel.columns, (_, j) => parts.row[j] ?? 0)
  const downwards = {
    ...slide,
    window: { rows: kernel.rows, columns: 1, top: window.top, left: 0 },
    out: { ...out, columns: x.columns },
  }
  const down = direct(x, column, downwards, checkpoint)
  // a constant around the picture has become another one, where the rows were summed
  const total = parts.column.reduce((a, b) => a + b, 0)
  const across = {
    ...slide,
    window: { rows: 1, columns: kernel.columns, top: 0, left: window.left },
    boundary: typeof boundary === 'number' ? boundary * total : boundary,
  }
  return direct(down, row, across, checkpoint)
}

/** `f` of the values in each window, of each channel by itself. */
function overWindows(
  x: Band,
  slide: Slide,
  checkpoint: Checkpoint,
  f: (values: Float64Array) => number,
): Band {
  const { window } = slide
  const out = band(slide.out, slide.want)
  const from = extended(x, slide)
  const length = rowLength(out)
  const values = new Float64Array(window.rows * window.columns)
  for (let at = 0; at < out.data.length; at++) {
    checkpoint()
    const start = Math.floor(at / length) * from.length + (at % length)
    for (let i = 0; i < window.rows; i++)
      for (let j = 0; j < window.columns; j++)
        values[i * window.columns + j] = from.data[start + i * from.length + j * x.channels] ?? 0
    out.data[at] = f(values)
  }
  return out
}

function bilateral(
  x: Band,
  { spatial, centre, sigma }: Bilateral,
  slide: Slide,
  checkpoint: Checkpoint,
): Band {
  const { window } = slide
  const { channels } = x
  const out = band(slide.out, slide.want)
  const from = extended(x, slide)
  const length = rowLength(out)
  const centreAt = centre.row * from.length + centre.column * channels
  const sums = new Float64Array(channels)
  for (let at = 0; at < out.data.length; at += channels) {
    const start = Math.floor(at / length) * from.length + (at % length)
    checkpoint()
    sums.fill(0)
    let total = 0
    for (let i = 0; i < window.rows; i++)
      for (let j = 0; j < window.columns; j++) {
        const place = start + i * from.length + j * channels
        let distance = 0
        for (let c = 0; c < channels; c++)
          distance += ((from.data[place + c] ?? 0) - (from.data[start + centreAt + c] ?? 0)) ** 2
        const w = (spatial.data[i * window.columns + j] ?? 0) * Math.exp(-distance / (2 * sigma ** 2))
        total += w
        for (let c = 0; c < channels; c++) sums[c] = (sums[c] ?? 0) + w * (from.data[place + c] ?? 0)
      }
    for (let c = 0; c < channels; c++) out.data[at + c] = (sums[c] ?? 0) / total
  }
  return out
}
