import type { Tensor } from '../core/ir/tensor.ts'
import type { Channels, ScoreOf } from './method.ts'

/** What a worker is asked to do with a loaded model. Plain data: it crosses threads. */
export interface PredictJob {
  readonly kind: 'predict'
  /** (N,C,H,W), preprocessed */
  readonly input: Tensor
}
/** The scores of all inputs, in their order. */
export interface PredictResult {
  /** (N,K), before any softmax */
  readonly logits: Tensor
  readonly probabilities: Tensor
  readonly timings: Timings
}
/** One explanation of one input. Plain data: it crosses threads. */
export interface ExplainJob {
  readonly kind: 'explain'
  /** (1,C,H,W), preprocessed */
  readonly input: Tensor
  readonly method: string
  /** validated by the method's own schema, defaults filled in */
  readonly params: Readonly<Record<string, unknown>>
  /** a class number, or the predicted class */
  readonly target: number | 'top'
  readonly of: ScoreOf
  readonly channels: Channels | 'default'
  readonly layer: string | undefined
  readonly seed: number
}
/** One saliency map, and what was explained by it. */
export interface ExplainResult {
  /** (H,W), or (C,H,W) with channels=none; on the layer's grid when the method was asked not to upsample */
  readonly map: Tensor
  readonly channels: Channels
  readonly layer: string | undefined
  readonly gap: number | undefined
  readonly target: { readonly index: number; readonly score: number; readonly probability: number }
  readonly warnings: readonly string[]
  readonly timings: Timings
}
/** Milliseconds by phase: `plan`, `forward` (logits alone), `gradient` (forward and backward in one run). */
export type Timings = Readonly<Record<string, number>>
