import * as z from 'zod'
import type { Rule } from '../core/autodiff/differentiate.ts'
import type { Tensor } from '../core/ir/tensor.ts'
import { ExplainError } from './errors.ts'
import type { Points } from './points.ts'
import type { Random } from './random.ts'

/** Which scalar of the target class is explained. */
export type ScoreOf = 'logit' | 'probability' | 'log-probability'
/** How an attribution (C,H,W) becomes a saliency map: `max` is over |a|, `none` keeps the channels. */
export type Channels = 'max' | 'sum' | 'mean' | 'norm' | 'none'

/**
 * F, the scalar explained, as a method sees it. Points x are (C,H,W) tensors in the model's preprocessed units. Methods
 * ask for many points at once wherever they can: the points run as batches.
 */
export interface Explained {
  readonly score: (x: Tensor) => number
  readonly gradient: (x: Tensor, rules?: readonly Rule[]) => Tensor
  /** dF/dx at each point, or what `answer` makes of it, handed to `visit` in order. It is only valid during its visit, in which F may not be asked: memory stays bounded. */
  readonly gradients: (
    points: Points,
    visit: (gradient: Tensor, index: number) => void,
    options?: GradientOptions,
  ) => void
  /** Σ wᵢ · dF/dx(pointᵢ), or of what `answer` makes of it; with rules, wᵢ ≥ 0 */
  readonly gradientSum: (points: Points, weights: readonly number[], options?: GradientOptions) => Tensor
  /** A and dF/dA, each (C',H',W'), at a layer; the asked or the card's default one. */
  readonly layer: (x: Tensor) => { readonly activation: Tensor; readonly gradient: Tensor }
  /** Whether a rule matches any node of the model. */
  readonly matches: (rules: readonly Rule[]) => boolean
}

/** What a gradient is answered as: itself, or times the point where it was taken. */
export type GradientAnswer = 'gradient' | 'gradient-x-point'

/** What is made of each gradient. */
export interface GradientOptions {
  readonly rules?: readonly Rule[]
  /** default: the gradient itself */
  readonly answer?: GradientAnswer
}

/** What a method works with: all of it belongs to one request. */
export interface MethodContext {
  readonly F: Explained
  /** the input, (C,H,W) */
  readonly x: Tensor
  /** what the model's card makes of a colour: the preprocessed value of raw `v` (0..255) in each channel */
  readonly colour: (v: number) => readonly number[]
  readonly random: Random
}

/** What a method answers. */
export interface Attribution {
  /** (C,H,W), or (H,W) for layer methods */
  readonly map: Tensor
  /** completeness gap δ = Σa − (F(x) − F(b)), where the method promises one */
  readonly gap?: number
  /** what the caller should know about this very map */
  readonly warnings?: readonly string[]
}

/** What the API tells of a method. */
export interface MethodCard {
  readonly id: string
  readonly title: string
  readonly description: string
  readonly source: string
  /** the default reduction over channels */
  readonly channels: Channels
  /** `layer` methods work at a layer and answer (H,W): `layer` applies to them, `channels` does not */
  readonly over: 'input' | 'layer'
  /** what holds for every map of this method */
  readonly warnings?: readonly string[]
}
interface Definition<P extends z.ZodObject> extends MethodCard {
  /** its own query parameters, each with a description and a default */
  readonly params: P
  /** how many gradients it computes; one unless said */
  readonly gradients?: (params: z.output<P>) => number
  readonly run: (context: MethodContext, params: z.output<P>) => Attribution
}

/** One attribution method, whatever its parameters are: `run` reads them with the method's own schema. */
export interface Method extends MethodCard {
  readonly params: z.ZodObject
  /** How many gradients it will compute. Throws as `run`. */
  readonly gradients: (params: Readonly<Record<string, unknown>>) => number
  /** Throws `bad-parameter` when the parameters do not fit the schema. */
  readonly run: (context: MethodContext, params: Readonly<Record<string, unknown>>) => Attribution
}

/** Declares a method; its parameters' types are inferred from the schema. */
export const method = <P extends z.ZodObject>(definition: Definition<P>): Method => {
  const read = (params: Readonly<Record<string, unknown>>): z.output<P> => {
    const result = definition.params.safeParse(params)
    if (result.success) return result.data
    throw new ExplainError('bad-parameter', z.prettifyError(result.error))
  }
  const { gradients = () => 1, run } = definition
  return {
    ...definition,
    gradients: (params) => gradients(read(params)),
    run: (context, params) => run(context, read(params)),
  }
}
