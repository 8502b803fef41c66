import { describe, expect, it } from 'vitest'
import { tensor } from '../../src/core/ir/tensor.ts'
import { accuracyOf } from '../../src/networks/accuracy.ts'
import { lossNamed } from '../../src/networks/loss.ts'

/** How many of the outputs are right. */
const right = (loss: string, outputs: number[][], targets: number[][]) => {
  const shape = [targets.length, targets[0]?.length ?? 0]
  const t = tensor(shape, Float64Array.from(targets.flat()))
  const of = { count: targets.length, inputShape: [1], targetShape: shape.slice(1), targets: t.data }
  const count = accuracyOf(lossNamed(loss), { ...of, inputs: new Float64Array(targets.length) })
  return count?.(tensor(shape, Float64Array.from(outputs.flat())), t)
}

describe('accuracy', () => {
  const outputs = [
    [0.2, 0.9, -1],
    [3, 2, 1],
  ]
  const classes = [
    [0, 1, 0],
    [0, 0, 1],
  ]

  it.each(['cross-entropy', 'mse', 'sum-squared-error'])(
    'of classes, with %s: the largest output',
    (loss) => {
      expect(right(loss, outputs, classes)).toBe(1)
    },
  )

  it('of chances of classes, with cross-entropy', () => {
    expect(right('cross-entropy', [[1, 2]], [[0.4, 0.6]])).toBe(1)
  })

  it('of labels that are there or not: the share on the right side of 0', () => {
    expect(right('binary-cross-entropy', [[2], [-1], [-3], [4]], [[1], [0], [1], [1]])).toBe(3)
    expect(right('binary-cross-entropy', [[2, -1, -3, 4]], [[1, 0, 1, 0]])).toBe(0.5)
  })

  it.each([
    ['mse', [[0.3, 0.7]]],
    ['mse', [[1, 1]]],
    ['mse', [[1]]],
    ['sum-squared-error', [[0, 0]]],
  ])('there is none of amounts: %s %j', (loss, targets) => {
    expect(right(loss, targets, targets)).toBeUndefined()
  })
})
