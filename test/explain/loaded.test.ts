import { expect, it } from 'vitest'
import { GraphBuilder } from '../../src/core/ir/builder.ts'
import { N } from '../../src/core/ir/shape.ts'
import { type LoadedModel, pointsPerRun } from '../../src/explain/loaded.ts'

const MILLION = 1_000_000

/** A model that keeps so many activations. */
function sized(activations: number, batch: number | typeof N = N): LoadedModel {
  const g = new GraphBuilder()
  const input = g.input('x', [batch, 1, 1, 1])
  const y = g.emit('expand', [input], { shape: [batch, 1, 1, activations] })
  return { graph: g.build([y]), input, logits: y, layers: new Map(), mean: [0], std: [1] }
}

it.each([
  ['few activations', 50_000, 16],
  ['activations of which twelve fit the cache', MILLION / 12, 12],
  ['activations that fit the cache once', MILLION, 8],
  ['more activations', 13 * MILLION, 8],
  ['activations that take much memory', 26 * MILLION, 7],
  ['activations that memory is for twice', 70 * MILLION, 2],
  ['activations beyond all that', 200 * MILLION, 1],
])('a batch of a net with %s', (_, activations, points) => {
  expect(pointsPerRun(sized(activations))).toBe(points)
})

it('a batch is one point where the model takes no more', () => {
  expect(pointsPerRun(sized(50_000, 1))).toBe(1)
})
