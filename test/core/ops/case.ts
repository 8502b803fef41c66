import type { AttrsOf, OpName } from '../../../src/core/ir/graph.ts'
import type { Shape } from '../../../src/core/ir/shape.ts'
import type { DType } from '../../../src/core/ir/tensor.ts'

/** How one input of a case is filled. `values` are constants of the graph: indices, conditions, exponents. */
export type InputSpec =
  | {
      readonly kind: 'uniform'
      readonly shape: Shape
      readonly range: Range
      readonly kinks: readonly number[]
    }
  | { readonly kind: 'distinct'; readonly shape: Shape }
  | {
      readonly kind: 'values'
      readonly shape: Shape
      readonly values: readonly number[]
      readonly dtype: DType
    }
type Range = readonly [number, number]

/** One row: an op on inputs of these shapes. */
export interface OpCase<K extends OpName = OpName> {
  readonly inputs: readonly InputSpec[]
  readonly attrs: AttrsOf<K>
  /** of the central differences: 1 where the op is linear in each input, and the differences exact */
  readonly step: number
  /** relative to the sum of the absolute terms of either side */
  readonly tolerance: number
}
type Rows<K extends OpName> = readonly [OpCase<K>, ...OpCase<K>[]]
/** At least one row for every op: one that lacks it does not compile. */
export type CaseTable = { readonly [K in OpName]: Rows<K> }

export const x = (shape: Shape, range: Range = [-2, 2], kinks: readonly number[] = []): InputSpec => ({
  kind: 'uniform',
  shape,
  range,
  kinks,
})
/** numbers far enough from each other that a small step changes no maximum */
export const distinct = (shape: Shape): InputSpec => ({ kind: 'distinct', shape })
export const values = (shape: Shape, list: readonly number[], dtype: DType = 'float'): InputSpec => ({
  kind: 'values',
  shape,
  values: list,
  dtype,
})
export const ints = (...list: readonly number[]): InputSpec => values([list.length], list, 'int')

/** Linear in each input: a step of 1 is exact, only rounding is left. */
export const linear = <A>(inputs: readonly InputSpec[], attrs: A) => ({
  inputs,
  attrs,
  step: 1,
  tolerance: 1e-12,
})
/** Smooth: the differences err by about step², the rounding by 1e-16/step. */
export const smooth = <A>(inputs: readonly InputSpec[], attrs: A) => ({
  inputs,
  attrs,
  step: 1e-4,
  tolerance: 1e-6,
})
