import { describe, expect, it } from 'vitest'
import { differentiate } from '../../../src/core/autodiff/differentiate.ts'
import type { Graph } from '../../../src/core/ir/graph.ts'
import { sizeOf } from '../../../src/core/ir/shape.ts'
import type { Tensor } from '../../../src/core/ir/tensor.ts'
import { verify } from '../../../src/core/ir/verify.ts'
import { ops } from '../../../src/core/ops/index.ts'
import { runReference } from '../../../src/core/reference/backend.ts'
import { uniform } from '../../helpers/random.ts'
import { type BuiltCase, builtCases } from './build-case.ts'
import { cases } from './cases.ts'

const outputOf = (graph: Graph, inputs: readonly Tensor[]): Tensor => {
  const [first] = runReference(graph, inputs)
  if (!first) throw new Error('a graph without an output')
  return first
}

/** Σ aᵢ·bᵢ, and the sum of the absolute terms, which its rounding is measured by. */
function inner(a: Tensor, b: Tensor): { total: number; scale: number } {
  let total = 0
  let scale = 0
  for (let i = 0; i < sizeOf(a.shape); i++) {
    const term = (a.data[i] ?? 0) * (b.data[i] ?? 0)
    total += term
    scale += Math.abs(term)
  }
  return { total, scale }
}

const shifted = (x: Tensor, direction: Tensor, by: number): Tensor => ({
  ...x,
  data: Float64Array.from(x.data, (v, i) => v + by * (direction.data[i] ?? 0)),
})

/** ⟨ct, J·v⟩ for input `i`, by central differences. */
function numeric({ graph, tensors, step }: BuiltCase, i: number, v: Tensor, ct: Tensor) {
  const at = (by: number) =>
    outputOf(
      graph,
      tensors.map((x, j) => (i === j ? shifted(x, v, by) : x)),
    )
  const [ahead, behind] = [at(step), at(-step)]
  const slope = {
    ...ahead,
    data: Float64Array.from(ahead.data, (y, j) => (y - (behind.data[j] ?? 0)) / (2 * step)),
  }
  return inner(ct, slope)
}

describe('the gradient of', () => {
  it.each(builtCases.filter(({ op }) => ops[op].vjp !== 'nonDifferentiable'))(
    '$name is its finite difference',
    (row) => {
      verify(row.graph)
      const ct = uniform(row.output.shape, row.random)
      row.graph.inputs.forEach((input, i) => {
        const x = row.tensors[i]
        if (!x) return
        const gradientGraph = verify(differentiate(row.graph, { output: row.output, wrt: [input] }))
        const gradient = outputOf(gradientGraph, [...row.tensors, ct])
        expect(gradient.shape).toEqual(x.shape)
        const v = uniform(x.shape, row.random)
        const expected = numeric(row, i, v, ct)
        const actual = inner(gradient, v)
        const allowed = row.tolerance * Math.max(1, expected.scale, actual.scale)
        expect(
          Math.abs(actual.total - expected.total),
          `${input.name}: ${actual.total}, differences give ${expected.total}`,
        ).toBeLessThanOrEqual(allowed)
      })
    },
  )

  it.each(builtCases.filter(({ op }) => ops[op].vjp === 'nonDifferentiable'))('$name is refused', (row) => {
    const wrt = [...row.graph.inputs, ...row.graph.constants.keys()].slice(0, 1)
    expect(() => differentiate(row.graph, { output: row.output, wrt })).toThrow(`${row.op}  has no gradient`)
  })
})

describe('the case table', () => {
  it('has rows for exactly the ops of the table', () => {
    expect(Object.keys(cases).toSorted()).toEqual(Object.keys(ops).toSorted())
  })
})
