import { describe, expect, it } from 'vitest'
import { referenceBackend } from '../../src/core/reference/backend.ts'
import { networkOf } from '../../src/networks/network.ts'
import type { Diagnostics } from '../../src/networks/records.ts'
import { readSpec } from '../../src/networks/spec.ts'
import { freshState } from '../../src/networks/state.ts'
import { Trainer } from '../../src/networks/train.ts'
import { trainingSchema } from '../../src/networks/training.ts'
import { trainingVerdicts } from '../../src/networks/verdicts.ts'
import { numpyXor, xorData, xorSpec } from '../helpers/xor.ts'

const UNITS = 30

/** XOR trained from NumPy's weights: the diagnostics, and how many units each step still moved. */
function trained(activation: string, learningRate: number) {
  const network = networkOf(readSpec(xorSpec(activation)))
  const spec = trainingSchema.parse({
    loss: 'sum-squared-error',
    optimizer: { type: 'sgd', learningRate },
    epochs: 50,
    batchSize: 'full',
    precision: 'float64',
  })
  const moving: number[] = []
  let before = Float64Array.from(numpyXor.w1_init.flat())
  const trainer = new Trainer(network, xorData, spec, referenceBackend)
  const { diagnostics } = trainer.run(freshState(network, spec), ({ parameters, step }) => {
    const now = Float64Array.from(parameters[0] ?? [])
    const moved = (unit: number) =>
      now[2 * unit] !== before[2 * unit] || now[2 * unit + 1] !== before[2 * unit + 1]
    if (step > 1) moving.push(Array.from({ length: UNITS }, (_, unit) => unit).filter(moved).length)
    before = now
    return false
  })
  return { diagnostics, moving }
}

const activationOf = ({ layers }: Diagnostics) => {
  const [, activation] = layers
  if (!activation) throw new Error('there is no second layer')
  return activation
}

describe('XOR with a learning rate of 0.05', () => {
  const { diagnostics, moving } = trained('relu', 0.05)
  const relu = diagnostics.map(activationOf)

  it('kills most ReLUs in the first steps: hardly one moves any more', () => {
    expect(moving.slice(3)).toEqual(new Array(46).fill(moving.at(-1)))
    expect(moving.at(-1)).toBeLessThan(10)
  })

  it('tells which, and when: before training those to whose weights NumPy has no gradient', () => {
    expect(diagnostics.map(({ epoch }) => epoch)).toEqual(Array.from({ length: 51 }, (_, i) => i))
    const { grad_w1: gradients } = numpyXor.step0
    const stuck = gradients[0].flatMap((g: number, unit: number) =>
      g === 0 && gradients[1][unit] === 0 ? [unit] : [],
    )
    expect(relu[0]).toMatchObject({ name: 'relu_1', units: UNITS, dead: stuck.length, died: stuck })
    const last = relu.at(-1)
    expect(last?.dead).toBeGreaterThan(15)
    const toll = relu.reduce((sum, { died, revived }) => sum + died.length - revived.length, 0)
    expect(toll).toBe(last?.dead)
  })

  it('says so in words', () => {
    expect(trainingVerdicts({ last: undefined, left: undefined, diagnostics })).toEqual([
      expect.stringMatching(
        /^2\d of 30 units of relu_1 are dead, most of them by epoch \d, \d+ from the beginning: a smaller learning rate/,
      ),
    ])
  })
})

describe('what spares them', () => {
  it('a learning rate of 0.002', () => {
    const { diagnostics } = trained('relu', 0.002)
    expect(diagnostics.map(activationOf).at(-1)?.dead).toBeLessThan(10)
    expect(trainingVerdicts({ last: undefined, left: undefined, diagnostics })).toEqual([])
  })

  it('a slope below 0: leaky ones go on learning, every one', () => {
    const { diagnostics, moving } = trained('leakyRelu', 0.05)
    expect(moving).toEqual(new Array(49).fill(UNITS))
    expect(diagnostics.map((at) => activationOf(at).dead)).toEqual(new Array(51).fill(0))
  })
})
