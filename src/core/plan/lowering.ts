import type { GraphBuilder } from '../ir/builder.ts'
import type { Node, OpName, Value } from '../ir/graph.ts'
import type { Shape } from '../ir/shape.ts'
import type { KernelArgs, KernelName } from '../kernels/list.ts'

/**
 * How a value lies in memory. `channels-last`: rank ≥ 3, logical (N,C,…) stored as (N,…,C). Values of lower rank, or
 * with one channel or one pixel, are `row-major`: both orders are the same bytes.
 */
export type Layout = 'row-major' | 'channels-last'

/** Where an operand will be: a value, `offset` elements in. The plan turns it into an address. */
export interface Ref {
  readonly value: Value
  readonly offset: number
}

/** Weights brought into a kernel's tile order; made once per model when the source is a constant. It is read row-major. */
export interface PackedRef {
  readonly source: Value
  readonly packing: Packing
}

/**
 * A matrix per group for the dense kernel, from element `offset` of `source` on: B[tap][k][n] at
 * g·groupStride + tap·tapStride + k·kStride + n·nStride, in tiles of 16 columns: [group][tile][tap][k][16].
 */
export interface ColumnPacking {
  readonly kind: 'columns'
  readonly offset: number
  readonly groups: number
  readonly taps: number
  readonly k: number
  readonly n: number
  readonly groupStride: number
  readonly tapStride: number
  readonly kStride: number
  readonly nStride: number
}
/** One number per tap and channel for the depthwise kernel, [tap][channel]. */
export interface DepthwisePacking {
  readonly kind: 'depthwise'
  readonly taps: number
  readonly channels: number
  readonly tapStride: number
  readonly channelStride: number
}
/** Weights of the narrow kernel, [tap][column][k], at tap·tapStride + n·nStride + k·kStride of the source. */
export interface NarrowPacking {
  readonly kind: 'narrow'
  readonly taps: number
  readonly k: number
  readonly n: number
  readonly tapStride: number
  readonly kStride: number
  readonly nStride: number
}
export type Packing = ColumnPacking | NarrowPacking | DepthwisePacking

export type StepArg = number | Ref | PackedRef | undefined
export type StepArgs<K extends KernelName> = {
  readonly [F in keyof KernelArgs[K]]: KernelArgs[K][F] extends readonly number[]
    ? readonly number[]
    : StepArg
}

/** One kernel call. Absent pointers are `undefined`. */
export type Step = { [K in KernelName]: { readonly kernel: K; readonly args: StepArgs<K> } }[KernelName]

export const isRef = (arg: StepArg | readonly number[]): arg is Ref =>
  typeof arg === 'object' && 'value' in arg

/** What a lowering may ask of the planner. */
export interface LoweringContext {
  layout(value: Value): Layout
  /** Physical strides, in elements, of the logical axes. */
  strides(value: Value): readonly number[]
  ref(value: Value, offset?: number): Ref
  /** Whether the value is known before the run, so that what is made of it is made once. */
  isConstant(value: Value): boolean
  /** Whether places of maxima hinge on the value: see `comparedValues`. */
  isCompared(value: Value): boolean
  /** A further buffer that lives as long as this node's steps, row-major. */
  temporary(shape: Shape): Value
}

/**
 * How an op reaches the kernels:
 * `alias`: the output is the input's bytes in row-major order (reshape);
 * `decompose`: other ops, emitted before planning;
 * `steps`: kernel calls. `layout` names what the inputs must be: `channels-last` and `row-major` are converted to,
 * `follow` brings all full-rank inputs to the first one's layout and gives it to the output, `any` takes them as they are
 * (the steps then work on strides) and answers in `output`, row-major unless said. `rowMajor` and `asTheyAre` name inputs for which
 * another rule holds.
 */
export type Lowering<K extends OpName> =
  | { readonly kind: 'alias' }
  | { readonly kind: 'decompose'; readonly expand: (g: GraphBuilder, node: Node<K>) => Value }
  | {
      readonly kind: 'steps'
      readonly layout: 'channels-last' | 'row-major' | 'follow' | 'any'
      /** Inputs that are no pictures (packed weights, indices): brought to row-major whatever `layout` says. */
      readonly rowMajor?: readonly number[]
      /** Inputs that the steps take in whatever layout they are. */
      readonly asTheyAre?: (node: Node<K>) => readonly number[]
      readonly steps: (node: Node<K>, context: LoweringContext) => readonly Step[]
    }
  /** Only ever folded away: the planner refuses a graph that still holds it. */
  | { readonly kind: 'folded' }
