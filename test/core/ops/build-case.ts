import { GraphBuilder } from '../../../src/core/ir/builder.ts'
import type { Graph, InputsOf, OpName, Value } from '../../../src/core/ir/graph.ts'
import type { Tensor } from '../../../src/core/ir/tensor.ts'
import { distinct, given, seeded, uniform } from '../../helpers/random.ts'
import type { InputSpec, OpCase } from './case.ts'
import { cases } from './cases.ts'

/** A case as a graph of one node. */
export interface BuiltCase {
  readonly op: OpName
  readonly name: string
  readonly graph: Graph
  readonly output: Value
  /** the numbers of the graph's inputs, in order */
  readonly tensors: readonly Tensor[]
  readonly step: number
  readonly tolerance: number
  readonly random: () => number
}

/** Every row of the case table, its numbers drawn from the row's own seed. */
export const builtCases: readonly BuiltCase[] = Object.keys(cases)
  // Object.keys forgets the names that the table's type has.
  .map((op) => op as OpName)
  .flatMap((op) => cases[op].map((row: OpCase, i: number) => build(op, row, i)))

function build(op: OpName, row: OpCase, index: number): BuiltCase {
  const g = new GraphBuilder()
  const random = seeded(1000 + index)
  const tensors: Tensor[] = []
  const inputs = row.inputs.map((spec, i) => {
    const data = fill(spec, random)
    if (spec.kind === 'values') return g.constant(data)
    tensors.push(data)
    return g.input(`input${i}`, data.shape)
  })
  // A row's inputs are a list; that they fill the op's tuple is checked when the op infers its output.
  const output = g.emit(op, inputs as unknown as InputsOf<OpName, Value>, row.attrs)
  const shapes = row.inputs.map(({ shape }) => `(${shape})`).join(' ')
  const name = `${op} ${shapes} ${JSON.stringify(row.attrs)}`
  return { ...row, op, name, graph: g.build([output]), output, tensors, random }
}

function fill(spec: InputSpec, random: () => number): Tensor {
  switch (spec.kind) {
    case 'uniform':
      return uniform(spec.shape, random, spec.range, spec.kinks)
    case 'distinct':
      return distinct(spec.shape, random)
    case 'values':
      return given(spec.shape, spec.values, spec.dtype)
  }
}
