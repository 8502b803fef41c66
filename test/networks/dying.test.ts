import { describe, expect, it } from 'vitest'
import { referenceBackend } from '../../src/core/reference/backend.ts'
import { networkOf } from '../../src/networks/network.ts'
import { readSpec } from '../../src/networks/spec.ts'
import { freshState } from '../../src/networks/state.ts'
import { Trainer } from '../../src/networks/train.ts'
import { trainingSchema } from '../../src/networks/training.ts'
import { numpyXor, xorData, xorSpec } from '../helpers/xor.ts'

/** How many of 30 units each step still moved, with learning rate 0.05. */
function moving(activation: string, steps: number): number[] {
  const network = networkOf(readSpec(xorSpec(activation)))
  const spec = trainingSchema.parse({
    loss: 'sum-squared-error',
    optimizer: { type: 'sgd', learningRate: 0.05 },
    epochs: steps,
    batchSize: 'full',
    precision: 'float64',
  })
  const counts: number[] = []
  let before = Float64Array.from(numpyXor.w1_init.flat())
  new Trainer(network, xorData, spec, referenceBackend).run(
    freshState(network, spec),
    ({ parameters, step }) => {
      const now = Float64Array.from(parameters[0] ?? [])
      const moved = (unit: number) =>
        now[2 * unit] !== before[2 * unit] || now[2 * unit + 1] !== before[2 * unit + 1]
      if (step > 1) counts.push(Array.from({ length: 30 }, (_, unit) => unit).filter(moved).length)
      before = now
      return false
    },
  )
  return counts
}

describe('XOR with a learning rate of 0.05', () => {
  it('ReLUs die in the first steps, and never come back', () => {
    const counts = moving('relu', 50)
    expect(counts.slice(3)).toEqual(new Array(46).fill(counts.at(-1)))
    expect(counts.at(-1)).toBeLessThan(10)
  })

  it('leaky ones go on learning, every one', () => {
    expect(moving('leakyRelu', 50)).toEqual(new Array(49).fill(30))
  })
})
