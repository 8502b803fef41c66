import type { Arithmetic } from './arithmetic.ts'
import type { Band, Extent, Rows } from './band.ts'
import { pipelineOf } from './build.ts'
import { elementwise } from './elementwise.ts'
import { holdsFinite, resultAs } from './formed.ts'
import type { FilterJob, FilterResult } from './job.ts'
import { fromLight, toLight } from './light.ts'
import { displayRange, isInteger } from './number-class.ts'
import { type Extremes, formed, NO_EXTREMES, widened } from './output.ts'
import { extentAfterAll, type Pipeline, rowsNeeded, runPipeline, shiftOf, simplified } from './pipeline.ts'
import { colours, type Samples, samplesOf } from './samples.ts'
import { strips } from './strips.ts'

const NOT_FINITE = 'the result holds numbers that are not finite: they grew beyond what floats hold'

/** Filters a picture strip by strip, so that what is in memory besides it does not grow with it. */
export function runFilter(arithmetic: Arithmetic, job: FilterJob): FilterResult {
  const started = performance.now()
  const samples = filteredSamples(arithmetic, job)
  const formedAt = performance.now()
  const formed = resultAs(samples, job.as)
  return {
    formed,
    warnings: isInteger(samples.type) || holdsFinite(samples) ? [] : [NOT_FINITE],
    timings: { filter: formedAt - started, render: performance.now() - formedAt },
  }
}

/** The result as numbers of its class. */
export function filteredSamples(arithmetic: Arithmetic, job: FilterJob): Samples {
  const run = new FilterRun(arithmetic, job)
  const extremes = job.output === 'minmax' ? run.extremes() : NO_EXTREMES
  return run.samples(extremes)
}

class FilterRun {
  readonly #arithmetic: Arithmetic
  readonly #job: FilterJob
  readonly #pipeline: Pipeline
  readonly #source: Extent
  readonly #out: Extent
  readonly #strips: readonly Rows[]

  constructor(arithmetic: Arithmetic, job: FilterJob) {
    const { source, output, light, pipeline } = job
    const castAtOnce = output === 'clamp' && light === 'encoded' && isInteger(source.type)
    this.#arithmetic = arithmetic
    this.#job = job
    this.#pipeline = simplified(
      pipelineOf(pipeline, castAtOnce && isInteger(source.type) ? source.type : 'float'),
    )
    this.#source = { rows: source.rows, columns: source.columns, channels: colours(source) }
    this.#out = extentAfterAll(this.#pipeline, this.#source)
    this.#strips = strips(this.#pipeline, this.#source)
  }

  extremes(): Extremes {
    return this.#strips.reduce(
      (extremes, rows) => this.#filtered(rows, (band) => widened(extremes, band)),
      NO_EXTREMES,
    )
  }

  samples(extremes: Extremes): Samples {
    const { source, output } = this.#job
    const type = output === 'float' ? this.#floats() : source.type
    const channels = source.channels
    const data = samplesOf(type, this.#out.rows * this.#out.columns * channels)
    const result = { ...this.#out, channels, alpha: source.alpha, type, data }
    for (const rows of this.#strips)
      this.#filtered(rows, (band) => {
        this.#write(formed(band, output, type, extremes), result)
      })
    if (source.alpha) copyAlpha(source, result, this.#pipeline)
    return result
  }

  /** What float results are: as wide as they came, or as they were computed. */
  #floats(): 'float32' | 'float64' {
    const { type } = this.#job.source
    return type === 'float32' ? type : this.#arithmetic.type
  }

  /** What `use` makes of some rows of the result, before their memory is given back. */
  #filtered<T>(want: Rows, use: (band: Band) => T): T {
    const { source, light } = this.#job
    try {
      const x = this.#arithmetic.load(source, rowsNeeded(this.#pipeline, this.#source, want))
      const [low, high] = displayRange(source.type)
      const span = high - low
      if (light === 'linear') elementwise(x, (i) => span * toLight((x.data[i] ?? 0) / span))
      const y = runPipeline(this.#pipeline, x, want, this.#arithmetic)
      if (light === 'linear') elementwise(y, (i) => span * fromLight((y.data[i] ?? 0) / span))
      return use(y)
    } finally {
      this.#arithmetic.release()
    }
  }

  #write(band: Band, { type, channels, alpha, columns, data }: Samples): void {
    const numbers = isInteger(type) ? this.#arithmetic.integers(band, type) : band.data
    const at = band.first * columns * channels
    if (!alpha) {
      data.set(numbers, at)
      return
    }
    const pixels = numbers.length / band.channels
    for (let i = 0; i < pixels; i++)
      for (let c = 0; c < band.channels; c++)
        data[at + i * channels + c] = numbers[i * band.channels + c] ?? 0
  }
}

/** Opacity stays where it was; what a larger result adds is opaque. */
function copyAlpha(source: Samples, result: Samples, pipeline: Pipeline): void {
  const { top, left } = shiftOf(pipeline)
  const [, opaque] = displayRange(source.type)
  const { channels } = result
  for (let y = 0; y < result.rows; y++)
    for (let x = 0; x < result.columns; x++) {
      const [row, column] = [y - top, x - left]
      const inside = row >= 0 && row < source.rows && column >= 0 && column < source.columns
      const value = inside ? source.data[(row * source.columns + column + 1) * channels - 1] : opaque
      result.data[(y * result.columns + x + 1) * channels - 1] = value ?? opaque
    }
}
