import { expect, it } from 'vitest'
import { GraphBuilder } from '../../src/core/ir/builder.ts'
import { N } from '../../src/core/ir/shape.ts'
import { tensor } from '../../src/core/ir/tensor.ts'
import { type LoadedModel, pointsPerRun } from '../../src/explain/loaded.ts'

const MILLION = 1_000_000

/** A model of so many weights that keeps so many activations. */
function sized(weights: number, activations: number, batch: number | typeof N = N): LoadedModel {
  const g = new GraphBuilder()
  const input = g.input('x', [batch, 1, 1, 1])
  g.constant(tensor([weights], new Float32Array(weights)))
  const y = g.emit('expand', [input], { shape: [batch, 1, 1, activations] })
  return { graph: g.build([y]), input, logits: y, layers: new Map(), mean: [0], std: [1] }
}

it.each([
  ['activations by far', 2 * MILLION, 13 * MILLION, 1],
  ['three times as many activations', 4 * MILLION, 13 * MILLION, 2],
  ['as many of both', 12 * MILLION, 12 * MILLION, 3],
  ['twice as many weights', 12 * MILLION, 6 * MILLION, 5],
  ['little of anything', 1000, 50_000, 16],
  ['activations that fit the cache twice', 1000, MILLION / 2, 2],
  ['as many of both, and more of them', 26 * MILLION, 26 * MILLION, 3],
  ['more activations than memory is for, twice', 40 * MILLION, 80 * MILLION, 1],
  ['some large activations and many weights', 140 * MILLION, 40 * MILLION, 3],
  ['activations beyond all that', 10, 200 * MILLION, 1],
])('a batch of a net with %s', (_, weights, activations, points) => {
  expect(pointsPerRun(sized(weights, activations))).toBe(points)
})

it('a batch is one point where the model takes no more', () => {
  expect(pointsPerRun(sized(1000, 50_000, 1))).toBe(1)
})
