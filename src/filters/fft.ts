import FFT from 'fft.js'
import type { Slide } from './arithmetic.ts'
import { type Band, type Extent, type Rows, rowLength } from './band.ts'
import { extended } from './extended.ts'
import type { Matrix } from './matrix.ts'

/** A square of complex numbers, row by row, in the room of a transform. */
interface Square {
  readonly side: number
  readonly data: Float64Array
}

const SMALLEST_TILE = 64
const LARGEST_TILE = 1024

/** Side of the tiles for a kernel: a power of two some times as long, so that little of each tile is overlap. */
export function tileSide(longest: number): number {
  let side = SMALLEST_TILE
  while (side < Math.min(4 * longest, LARGEST_TILE)) side *= 2
  return side
}

interface TransformContext {
  /** room for the result */
  readonly band: (extent: Extent, rows: Rows) => Band
  /** throws when nobody waits for it any more */
  readonly checkpoint: () => void
}

/** A correlation by Fourier transforms of tiles that overlap by the kernel (overlap–save), two of them at a time. */
export function fftCorrelate(
  x: Band,
  kernel: Matrix,
  slide: Slide,
  { band, checkpoint }: TransformContext,
): Band {
  const out = band(slide.out, slide.want)
  const from = extended(x, slide)
  const side = tileSide(Math.max(kernel.rows, kernel.columns))
  const transform = new Transform2d(side)
  const spectrum = transform.forward(kernelSquare(kernel, side))
  const tiles = tilesOf(out, { rows: side - kernel.rows + 1, columns: side - kernel.columns + 1 })
  for (let t = 0; t < tiles.length; t += 2) {
    checkpoint()
    // a real kernel leaves the real and the imaginary part alone: each is a tile
    const pair = tiles.slice(t, t + 2)
    const square = { side, data: new Float64Array(2 * side * side) }
    pair.forEach((tile, part) => {
      readTile(from, x.channels, tile, square, part)
    })
    const product = transform.inverse(timesConjugate(transform.forward(square), spectrum))
    pair.forEach((tile, part) => {
      writeTile(product, part, tile, out)
    })
  }
  return out
}

/** One channel of a rectangle of the result. */
interface Tile {
  readonly channel: number
  readonly row: number
  readonly column: number
  readonly rows: number
  readonly columns: number
}

function tilesOf(
  { count, columns, channels }: Band,
  step: { readonly rows: number; readonly columns: number },
): Tile[] {
  const tiles: Tile[] = []
  for (let row = 0; row < count; row += step.rows)
    for (let column = 0; column < columns; column += step.columns)
      for (let channel = 0; channel < channels; channel++)
        tiles.push({
          channel,
          row,
          column,
          rows: Math.min(step.rows, count - row),
          columns: Math.min(step.columns, columns - column),
        })
  return tiles
}

function kernelSquare({ rows, columns, data }: Matrix, side: number): Square {
  const square = new Float64Array(2 * side * side)
  for (let i = 0; i < rows; i++)
    for (let j = 0; j < columns; j++) square[2 * (i * side + j)] = data[i * columns + j] ?? 0
  return { side, data: square }
}

/** The tile and what lies before it in the window, as the real (0) or imaginary (1) part; zeros where nothing is. */
function readTile(
  from: { readonly data: Float64Array; readonly length: number },
  channels: number,
  { row, column, channel }: Tile,
  { side, data }: Square,
  part: number,
): void {
  const rows = Math.min(side, from.data.length / from.length - row)
  const columns = Math.min(side, from.length / channels - column)
  for (let i = 0; i < rows; i++) {
    const at = (row + i) * from.length + column * channels + channel
    for (let j = 0; j < columns; j++) data[2 * (i * side + j) + part] = from.data[at + j * channels] ?? 0
  }
}

function writeTile({ side, data }: Square, part: number, tile: Tile, out: Band): void {
  const length = rowLength(out)
  for (let i = 0; i < tile.rows; i++) {
    const at = (tile.row + i) * length + tile.column * out.channels + tile.channel
    for (let j = 0; j < tile.columns; j++)
      out.data[at + j * out.channels] = data[2 * (i * side + j) + part] ?? 0
  }
}

/** a · conj(b), in a: correlation in the frequencies. */
function timesConjugate(a: Square, b: Square): Square {
  for (let i = 0; i < a.data.length; i += 2) {
    const re = a.data[i] ?? 0
    const im = a.data[i + 1] ?? 0
    const bRe = b.data[i] ?? 0
    const bIm = b.data[i + 1] ?? 0
    a.data[i] = re * bRe + im * bIm
    a.data[i + 1] = im * bRe - re * bIm
  }
  return a
}

/** The transform of squares: of all rows, then of all columns. */
class Transform2d {
  readonly #side: number
  readonly #fft: FFT
  readonly #line: Float64Array
  readonly #result: Float64Array

  constructor(side: number) {
    this.#side = side
    this.#fft = new FFT(side)
    this.#line = new Float64Array(2 * side)
    this.#result = new Float64Array(2 * side)
  }

  forward(square: Square): Square {
    return this.#both(square, () => this.#fft.transform(this.#result, this.#line))
  }

  inverse(square: Square): Square {
    return this.#both(square, () => this.#fft.inverseTransform(this.#result, this.#line))
  }

  #both({ side, data }: Square, transform: () => void): Square {
    for (let i = 0; i < side; i++) this.#alongLine(data, i * side, 1, transform)
    for (let j = 0; j < side; j++) this.#alongLine(data, j, side, transform)
    return { side, data }
  }

  /** A line from complex number `start` on, every `step`-th. */
  #alongLine(data: Float64Array, start: number, step: number, transform: () => void): void {
    for (let i = 0; i < this.#side; i++) {
      const at = 2 * (start + i * step)
      this.#line[2 * i] = data[at] ?? 0
      this.#line[2 * i + 1] = data[at + 1] ?? 0
    }
    transform()
    for (let i = 0; i < this.#side; i++) {
      const at = 2 * (start + i * step)
      data[at] = this.#result[2 * i] ?? 0
      data[at + 1] = this.#result[2 * i + 1] ?? 0
    }
  }
}
