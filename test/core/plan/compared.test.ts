import { describe, expect, it } from 'vitest'
import { differentiate } from '../../../src/core/autodiff/differentiate.ts'
import { GraphBuilder } from '../../../src/core/ir/builder.ts'
import type { Value } from '../../../src/core/ir/graph.ts'
import { comparedValues } from '../../../src/core/plan/compared.ts'
import { decompose } from '../../../src/core/plan/decompose.ts'
import { halving } from '../../helpers/halving.ts'

type Layer = (g: GraphBuilder, x: Value) => Value

const maxPool: Layer = (g, x) => g.emit('maxPool', [x], halving)
const globalMaxPool: Layer = (g, x) => g.emit('globalMaxPool', [x], {})
const reduceMax: Layer = (g, x) => g.emit('reduceMax', [x], { axes: [2, 3], keepDims: true })
const averagePool: Layer = (g, x) => g.emit('globalAveragePool', [x], {})

/** x ↦ sigmoid(layer(relu(x))), and which of x, relu, layer and sigmoid are compared, with the gradient or without. */
function comparedIn(layer: Layer, withGradient: boolean): boolean[] {
  const g = new GraphBuilder()
  const x = g.input('x', [1, 2, 4, 4])
  const before = g.emit('relu', [x], {})
  const pooled = layer(g, before)
  const after = g.emit('sigmoid', [pooled], {})
  const graph = g.build([after])
  const planned = withGradient ? differentiate(graph, { output: after, wrt: [x], keep: [after] }) : graph
  const compared = comparedValues(decompose(planned))
  return [x, before, pooled, after].map((value) => compared.has(value))
}

describe('compared are', () => {
  it.each([
    ['max pool', maxPool],
    ['global max pool', globalMaxPool],
    ['maximum over places', reduceMax],
  ])('what a %s reads and all that it is made of, where a gradient goes back through it', (_, layer) => {
    const [x, before, , after] = comparedIn(layer, true)
    expect([x, before, after]).toEqual([true, true, false])
  })

  it('no values where nobody asks for the gradient', () => {
    expect(comparedIn(maxPool, false)).toEqual([false, false, false, false])
  })

  it('no values of a mean', () => {
    expect(comparedIn(averagePool, true)).toEqual([false, false, false, false])
  })
})
