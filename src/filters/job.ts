import type { Raster } from '../imaging/raster.ts'
import type { Composition } from './compose.ts'
import type { FrequencyResponse } from './frequency-response.ts'
import type { Combine } from './kind.ts'
import type { ArrayOfNumbers } from './nested.ts'
import type { IntegerClass } from './number-class.ts'
import type { Samples } from './samples.ts'
import type { Setting } from './window.ts'

/** One filter as it was asked for: its kind, parameters read by the kind's schema, and how it meets its input. */
export interface StepSpec {
  readonly type: string
  readonly params: Readonly<Record<string, unknown>>
  readonly combine: Combine
  readonly amount: number
}

export const OUTPUT_FORMS = ['float', 'clamp', 'abs', 'minmax', 'offset'] as const
/** What becomes of the numbers that come out: see `output.ts`. */
export type OutputForm = (typeof OUTPUT_FORMS)[number]

export const LIGHTS = ['encoded', 'linear'] as const
/** Whether colours are filtered as they are stored, or as amounts of light: sRGB decoded before, encoded after. */
export type Light = (typeof LIGHTS)[number]

/** Filters one after the other, as asked for. */
export interface PipelineSpec extends Setting {
  readonly steps: readonly StepSpec[]
  readonly intermediate: 'float' | IntegerClass
}

/** What a worker is asked to filter. Plain data: it crosses threads. */
export interface FilterJob {
  readonly kind: 'filter'
  readonly source: Samples
  readonly pipeline: PipelineSpec
  readonly output: OutputForm
  readonly light: Light
  /** float32 by the kernels, for pictures; float64 for numbers */
  readonly precision: 'float32' | 'float64'
  readonly as: ResultForm
}

/** What becomes of a result in the worker, so that the main thread only sends it. `rank`: dimensions of arrays. */
export type ResultForm =
  | { readonly kind: 'picture' }
  | { readonly kind: 'npy' | 'json'; readonly rank: ArrayOfNumbers['rank'] }

/** A result as it was wanted: pixels of a picture, or the bytes of a file; JSON is an object of shape, datatype and data. */
export type FormedResult =
  | { readonly kind: 'picture'; readonly raster: Raster }
  | { readonly kind: 'npy' | 'json'; readonly bytes: Uint8Array<ArrayBuffer> }

export interface FilterResult {
  readonly formed: FormedResult
  readonly warnings: readonly string[]
  /** milliseconds by phase */
  readonly timings: Readonly<Record<string, number>>
}

/** What a worker is asked to run in several orders. */
export interface CompareJob {
  readonly kind: 'compare'
  readonly source: Samples
  readonly pipeline: PipelineSpec
  /** each the numbers of the pipeline's steps */
  readonly orders: readonly (readonly number[])[]
  readonly precision: 'float32' | 'float64'
  readonly as: ResultForm
}

/** How results of several orders differ from that of the first. */
export interface Difference {
  /** the largest, between which order and the first, and where it is */
  readonly max: number
  readonly order: number
  readonly row: number
  readonly column: number
  readonly channel: number
  /** the largest where no window reaches beyond an edge, and around that */
  readonly interior: number
  readonly rings: number
  readonly where: 'nowhere' | 'rings' | 'everywhere'
  /** the largest number of the first result */
  readonly scale: number
}
export interface CompareResult {
  /** in the order of the job's orders */
  readonly results: readonly FormedResult[]
  readonly difference: Difference
  /** for pictures: the largest difference of any channel, for each pixel, of the order that differs most */
  readonly plane: Float64Array<ArrayBuffer> | undefined
  readonly timings: Readonly<Record<string, number>>
}

/** What a worker is asked to make one kernel of. */
export interface ComposeJob {
  readonly kind: 'compose'
  readonly pipeline: PipelineSpec
}
export interface ComposeResult {
  readonly composition: Composition
  readonly response: FrequencyResponse
}
