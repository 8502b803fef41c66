import { expect, it } from 'vitest'
import { differentiate } from '../../../src/core/autodiff/differentiate.ts'
import { GraphBuilder } from '../../../src/core/ir/builder.ts'
import { comparedValues } from '../../../src/core/plan/compared.ts'

const window = {
  kernel: [2, 2],
  strides: [2, 2],
  dilations: [1, 1],
  pads: [0, 0, 0, 0],
  ceilMode: false,
} as const

/** x ↦ relu, max pool, sigmoid. */
function pooledNet() {
  const g = new GraphBuilder()
  const x = g.input('x', [1, 1, 4, 4])
  const before = g.emit('relu', [x], {})
  const pooled = g.emit('maxPool', [before], window)
  const after = g.emit('sigmoid', [pooled], {})
  return { x, before, pooled, after, graph: g.build([after]) }
}

it('are what a max pool reads and all that it is made of, where a gradient goes back through it', () => {
  const { x, before, pooled, after, graph } = pooledNet()
  const compared = comparedValues(differentiate(graph, { output: after, wrt: [x], keep: [after] }))
  expect([x, before, pooled, after].map((value) => compared.has(value))).toEqual([true, true, false, false])
})

it('are none where nobody asks for the gradient', () => {
  expect(comparedValues(pooledNet().graph).size).toBe(0)
})
