import type { Composition } from './compose.ts'
import type { FrequencyResponse } from './frequency-response.ts'
import type { Combine } from './kind.ts'
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
}
export interface FilterResult {
  /** of the source's class, or of floats with `output: float` */
  readonly samples: Samples
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
  /** in floats, in the order of the job's orders */
  readonly results: readonly Samples[]
  readonly difference: Difference
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
