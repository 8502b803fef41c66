import { describe, expect, it } from 'vitest'
import { checkTraining } from '../../src/networks/check-training.ts'
import { networkOf, outputShapeOf } from '../../src/networks/network.ts'
import { readSpec } from '../../src/networks/spec.ts'
import { trainingSchema } from '../../src/networks/training.ts'

const full = (units: number) => ({ type: 'fullyConnected', units })
const norm = { type: 'batchNorm' }

const check = (layers: object[], training: object, count = 33, input = [4]) => {
  const network = networkOf(readSpec({ input, layers }))
  const data = { count, targetShape: outputShapeOf(network) }
  return () => checkTraining(network, data, trainingSchema.parse(training))
}

describe('a training that cannot teach anything is refused before its first step', () => {
  it.each([
    ['nothing to learn', [{ type: 'relu' }], {}, 'model', /nothing to learn/],
    [
      ...['Nesterov without momentum', [full(1)], { optimizer: { type: 'sgd', nesterov: true } }],
      ...['optimizer.nesterov', /above 0/],
    ],
    ['none held back', [full(1)], { validation: 0.01 }, 'validation', /0.01 of 33 is none/],
    ['one class', [full(1)], { loss: 'cross-entropy' }, 'loss', /2 outputs or more.*binary-cross-entropy/],
    ['a lone sample', [full(4), norm], {}, 'batchSize', /batchNorm_1 needs two.*33 samples.*32 leave one/],
    ['batches of one', [full(4), norm], { batchSize: 1 }, 'batchSize', /in batches of 1/],
    ['one after all', [full(4), norm], { batchSize: 5, validation: 0.2 }, 'batchSize', /26 samples/],
    [
      ...['Levenberg–Marquardt in batches', [full(4)]],
      ...[{ optimizer: { type: 'levenberg-marquardt' } }, 'batchSize', /expected full, got 32/],
    ],
  ] as const)('%s', (_, layers, training, parameter, says) => {
    expect(check([...layers], training)).toThrow(says)
    expect(check([...layers], training)).toThrow(expect.objectContaining({ kind: 'bad-data', parameter }))
  })

  it('smoothing of amounts in a map', () => {
    const conv = { type: 'conv2d', filters: 2, padding: 'same' }
    expect(check([conv], { labelSmoothing: 0.1 }, 33, [1, 4, 4])).toThrow(/labels? no classes|maps/)
    expect(check([conv], { loss: 'cross-entropy', labelSmoothing: 0.1 }, 33, [1, 4, 4])).not.toThrow()
  })

  it('others are not: pictures have variance in one sample, and 32 samples make a batch', () => {
    const conv = { type: 'conv2d', filters: 2 }
    expect(check([conv, norm, full(1)], {}, 33, [1, 4, 4])).not.toThrow()
    expect(check([full(4), norm], {}, 32)).not.toThrow()
    expect(check([full(4), norm], { batchSize: 'full' })).not.toThrow()
  })
})
