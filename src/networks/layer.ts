import { z } from 'zod'
import type { GraphBuilder } from '../core/ir/builder.ts'
import type { Value } from '../core/ir/graph.ts'
import type { Shape } from '../core/ir/shape.ts'
import type { Initializer } from './initializers.ts'

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

interface Definition<P extends z.ZodObject> {
  readonly type: string
  readonly title: string
  /** y as a formula of x, for people */
  readonly formula: string
  readonly params: P
  readonly parameters?: (params: z.output<P>, input: Shape) => readonly ParameterSpec[]
  readonly emit: (x: Value, params: z.output<P>, context: LayerContext) => Value
}

/** One kind of layer, whatever its parameters are. */
export interface LayerKind {
  readonly type: string
  readonly title: string
  readonly formula: string
  readonly params: z.ZodObject
  readonly parameters: (params: Readonly<Record<string, unknown>>, input: Shape) => readonly ParameterSpec[]
  readonly emit: (x: Value, params: Readonly<Record<string, unknown>>, context: LayerContext) => Value
}

/** Declares a layer; its parameters' types are inferred from the schema. */
export const layer = <P extends z.ZodObject>(definition: Definition<P>): LayerKind => {
  const { params, parameters = () => [], emit } = definition
  return {
    ...definition,
    parameters: (given, input) => parameters(params.parse(given), input),
    emit: (x, given, context) => emit(x, params.parse(given), context),
  }
}

/** Two numbers, or one for both. */
export const pair = (least: number, most: number) => {
  const one = z.int().min(least).max(most)
  return z.union([one, z.tuple([one, one]).describe(`two numbers from ${least} to ${most}`)])
}

export const both = (value: number | readonly [number, number]): readonly [number, number] =>
  typeof value === 'number' ? [value, value] : value

/** A layer without parameters that is one node. */
export const activation = (
  type: string,
  title: string,
  formula: string,
  emit: (g: GraphBuilder, x: Value) => Value,
): LayerKind => layer({ type, title, formula, params: z.object({}), emit: (x, _, { g }) => emit(g, x) })
