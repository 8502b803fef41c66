import * as z from 'zod'
import type { GraphBuilder } from '../core/ir/builder.ts'
import type { Value } from '../core/ir/graph.ts'
import type { Shape } from '../core/ir/shape.ts'
import type { Initializer } from './initializers.ts'
import type { Interval } from './interval.ts'

/** Whether a graph is for training, where dropout drops and batch norm takes the statistics of its batch. */
export type Mode = 'training' | 'inference'

/** One array of numbers that a layer owns. */
export interface ParameterSpec {
  /** within the layer: `weight`, `bias` */
  readonly name: string
  readonly shape: Shape
  /** `state` is carried along in training, and not learnt: running means, say */
  readonly role: 'weight' | 'bias' | 'state'
  readonly init: Initializer
}

/** What a layer emits its nodes with. */
export interface LayerContext {
  readonly g: GraphBuilder
  readonly mode: Mode
  /** the layer's own parameter */
  readonly parameter: (name: string) => Value
  /** the output of an earlier layer. Throws NetworkError `bad-spec` for a name that no earlier layer has. */
  readonly output: (layer: string) => Value
  /** a value that replaces a parameter of role `state` after a training step */
  readonly update: (name: string, value: Value) => void
  /** numbers from 0 to 1, others for each training step: a graph input of this shape */
  readonly uniform: (shape: Shape) => Value
}

/** ∂y/∂x. `each`: an output depends on the input at its own place alone, so that the derivative is as large as they are. */
export interface LocalDerivative {
  readonly of: 'each' | 'all'
  /** for people */
  readonly formula: string
}

/** Where the outputs of an earlier layer lie. */
export type RangeOf = (layer: string) => Interval

interface Definition<P extends z.ZodObject> {
  readonly type: string
  readonly title: string
  /** y as a formula of x, for people */
  readonly formula: string
  readonly derivative: LocalDerivative
  /** where outputs lie for inputs in `x`, whatever training makes of the weights */
  readonly range: (x: Interval, params: z.output<P>, rangeOf: RangeOf) => Interval
  readonly params: P
  /** for the document; defaults need not be in it */
  readonly example: z.input<P>
  readonly parameters?: (params: z.output<P>, input: Shape) => readonly ParameterSpec[]
  readonly emit: (x: Value, params: z.output<P>, context: LayerContext) => Value
}

/** One kind of layer, whatever its parameters are. */
export interface LayerKind {
  readonly type: string
  readonly title: string
  readonly formula: string
  readonly derivative: LocalDerivative
  readonly range: (x: Interval, params: Readonly<Record<string, unknown>>, rangeOf: RangeOf) => Interval
  readonly params: z.ZodObject
  /** with all defaults */
  readonly example: Readonly<Record<string, unknown>>
  readonly parameters: (params: Readonly<Record<string, unknown>>, input: Shape) => readonly ParameterSpec[]
  readonly emit: (x: Value, params: Readonly<Record<string, unknown>>, context: LayerContext) => Value
}

/** Declares a layer; its parameters' types are inferred from the schema. */
export const layer = <P extends z.ZodObject>(definition: Definition<P>): LayerKind => {
  const { params, example, parameters = () => [], range, emit } = definition
  const known = new WeakMap<object, z.output<P>>()
  /** A layer's parameters with their types, which a spec does not have: parsed once for each spec of a thread. */
  const typed = (given: Readonly<Record<string, unknown>>): z.output<P> => {
    const own = known.get(given) ?? params.parse(given)
    known.set(given, own)
    return own
  }
  return {
    ...definition,
    // made when it is looked at: a thread that does not should not wait for it
    get example() {
      return params.parse(example)
    },
    range: (x, given, rangeOf) => range(x, typed(given), rangeOf),
    parameters: (given, input) => parameters(typed(given), input),
    emit: (x, given, context) => emit(x, typed(given), context),
  }
}

/** Two numbers, or one for both. */
export const pair = (least: number, most: number) => {
  const one = z.int().min(least).max(most)
  return z.union(
    [one, z.tuple([one, one]).describe(`two numbers from ${least} to ${most}`)],
    `expected a whole number from ${least} to ${most}, or two of them: rows and columns`,
  )
}

export const both = (value: number | readonly [number, number]): readonly [number, number] =>
  typeof value === 'number' ? [value, value] : value

/** A layer without parameters that is one node. */
export const activation = ({
  emit,
  range,
  ...names
}: Pick<LayerKind, 'type' | 'title' | 'formula' | 'derivative'> & {
  readonly range: (x: Interval) => Interval
  readonly emit: (g: GraphBuilder, x: Value) => Value
}): LayerKind =>
  layer({ ...names, range, params: z.object({}), example: {}, emit: (x, _, { g }) => emit(g, x) })
