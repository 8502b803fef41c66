import { encodeCall } from '../core/kernels/encode.ts'
import { boundaries, type KernelArgs, sampleTypes } from '../core/kernels/list.ts'
import { runCalls } from '../core/wasm/calls.ts'
import type { ModelMemory } from '../core/wasm/memory.ts'
import type { Team } from '../core/wasm/team.ts'
import type { Arithmetic, Bilateral, Slide } from './arithmetic.ts'
import { type Band, type Extent, type Rows, rowLength } from './band.ts'
import { fftIsFaster } from './cost.ts'
import { fftCorrelate } from './fft.ts'
import { boxValue, type Matrix, separated } from './matrix.ts'
import { displayRange, type IntegerClass } from './number-class.ts'
import { plain } from './plain.ts'
import { colours, copyColours, type SampleData, type Samples, samplesOf } from './samples.ts'

interface Block {
  readonly address: number
  readonly bytes: number
}

/** Filters in float32 by the core's kernels, in memory that all threads share. One belongs to one worker. */
export class FastArithmetic implements Arithmetic {
  readonly type = 'float32'
  readonly #memory: ModelMemory
  readonly #team: Team
  #blocks: Block[] = []

  constructor(memory: ModelMemory, team: Team) {
    this.#memory = memory
    this.#team = team
  }

  load(source: Samples, rows: Rows): Band {
    const band = this.band({ rows: source.rows, columns: source.columns, channels: colours(source) }, rows)
    const { type, alpha, data } = source
    if (alpha || !(type === 'uint8' || type === 'uint16')) return copyColours(source, band)
    const length = band.data.length
    const from = rows.first * rowLength(source)
    const raw = this.#room(samplesOf(type, 0).BYTES_PER_ELEMENT * length)
    samplesAt(this.#memory, raw, type, length).set(data.subarray(from, from + length))
    this.#run('toFloat', {
      x: raw,
      out: addressOf(band),
      length,
      type: sampleTypes.indexOf(SAMPLE_TYPES[type]),
    })
    return band
  }

  integers(band: Band, type: IntegerClass): SampleData {
    const length = band.data.length
    if (type === 'int16') return Int16Array.from(this.saturate(band, displayRange(type)).data)
    const raw = this.#room(samplesOf(type, 0).BYTES_PER_ELEMENT * length)
    this.#run('fromFloat', {
      x: addressOf(band),
      out: raw,
      length,
      type: sampleTypes.indexOf(SAMPLE_TYPES[type]),
    })
    return samplesAt(this.#memory, raw, type, length)
  }

  saturate(band: Band, [low, high]: readonly [number, number]): Band {
    const at = addressOf(band)
    this.#run('saturate', { x: at, out: at, length: band.data.length, low, high })
    return band
  }

  release(): void {
    for (const { address, bytes } of this.#blocks) this.#memory.free(address, bytes)
    this.#blocks = []
  }

  band(extent: Extent, { first, count }: Rows): Band {
    const length = count * rowLength(extent)
    return { ...extent, first, count, data: this.#memory.floats(this.#room(length * 4), length) }
  }

  correlate(x: Band, kernel: Matrix, slide: Slide): Band {
    const box = boxValue(kernel)
    if (slide.cast && box === undefined && kernel.data.length <= MOST_CAST_TAPS)
      return this.#correlateCast(x, kernel, slide, slide.cast)
    if (fftIsFaster(kernel, slide, 'f32')) return fftCorrelate(x, kernel, slide, (...of) => this.band(...of))
    const out = this.band(slide.out, slide.want)
    const picture = pictureArgs(x, out, slide)
    const parts = separated(kernel)
    const longest = Math.max(kernel.rows, kernel.columns)
    if (box !== undefined && longest > LONGEST_WEIGHED_BOX) this.#run('box', { ...picture, scale: box })
    else if (parts) {
      const { column, row } = parts
      this.#run('separable', { ...picture, wy: this.#weights(column), wx: this.#weights(row) })
    } else this.#run('correlate', { ...picture, w: this.#weights(kernel.data) })
    return out
  }

  /** Cast as it is summed, in doubles: rounded to floats before, what is just below a half would go up. */
  #correlateCast(x: Band, kernel: Matrix, slide: Slide, [low, high]: readonly [number, number]): Band {
    const out = this.band(slide.out, slide.want)
    const { data } = kernel
    const w = this.#room(data.byteLength)
    this.#memory.doubles(w, data.length).set(data)
    this.#run('correlateCast', { ...pictureArgs(x, out, slide), w, low, high })
    return out
  }

  rank(x: Band, index: number, slide: Slide): Band {
    const { rows, columns } = slide.window
    if (index === 0) return this.extreme(x, 'min', slide)
    if (index === rows * columns - 1) return this.extreme(x, 'max', slide)
    const out = this.band(slide.out, slide.want)
    this.#run('rank', { ...pictureArgs(x, out, slide), index })
    return out
  }

  extreme(x: Band, which: 'min' | 'max', slide: Slide): Band {
    const out = this.band(slide.out, slide.want)
    this.#run('extreme', { ...pictureArgs(x, out, slide), mode: which === 'min' ? 0 : 1 })
    return out
  }

  bilateral(x: Band, options: Bilateral, slide: Slide): Band {
    const { spatial, centre, sigma } = options
    // the kernel takes the place that a result is for as the window's middle, which with size=full or valid it is not
    if (centre.row !== slide.window.top || centre.column !== slide.window.left)
      return this.#copied(plain.bilateral(x, options, slide))
    const out = this.band(slide.out, slide.want)
    this.#run('bilateral', {
      ...pictureArgs(x, out, slide),
      spatial: this.#weights(spatial.data),
      colorFactor: -1 / (2 * sigma ** 2),
    })
    return out
  }

  #copied(band: Band): Band {
    const copy = this.band(band, band)
    copy.data.set(band.data)
    return copy
  }

  #run<K extends keyof KernelArgs>(kernel: K, args: KernelArgs[K]): void {
    runCalls(this.#memory, this.#team, [encodeCall(kernel, args)])
  }

  #weights(weights: Float64Array): number {
    const address = this.#room(weights.length * 4)
    this.#memory.floats(address, weights.length).set(weights)
    return address
  }

  #room(bytes: number): number {
    const address = this.#memory.allocate(bytes)
    this.#blocks.push({ address, bytes })
    return address
  }
}

/** Sides of a box up to which weighing it down and along is faster than adding it up. */
const LONGEST_WEIGHED_BOX = 17
/** Weights of a kernel whose sums are cast as they are made, at most: summing in doubles takes three times as long. */
const MOST_CAST_TAPS = 225

const SAMPLE_TYPES = { uint8: 'u8', uint16: 'u16' } as const

const addressOf = ({ data }: Band): number => data.byteOffset

const samplesAt = (memory: ModelMemory, address: number, type: 'uint8' | 'uint16', length: number) =>
  type === 'uint8' ? memory.bytes(address, length) : memory.shorts(address, length)

/** What all kernels that slide a window over a picture are told. */
function pictureArgs(x: Band, out: Band, { window, boundary, want }: Slide) {
  const isConstant = typeof boundary === 'number'
  return {
    // of row 0, wherever that would lie
    x: (addressOf(x) - x.first * rowLength(x) * 4) | 0,
    out: addressOf(out),
    inH: x.rows,
    inW: x.columns,
    channels: x.channels,
    firstRow: want.first,
    rows: want.count,
    outW: out.columns,
    top: window.top,
    left: window.left,
    kernelH: window.rows,
    kernelW: window.columns,
    boundary: boundaries.indexOf(isConstant ? 'constant' : boundary),
    value: isConstant ? boundary : 0,
  }
}
