import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { bindBatch } from '../../src/core/ir/bind.ts'
import { type Tensor, tensor } from '../../src/core/ir/tensor.ts'
import { verify } from '../../src/core/ir/verify.ts'
import { ModelScore } from '../../src/explain/explained.ts'
import type { LoadedModel } from '../../src/explain/loaded.ts'
import type { GradientAnswer } from '../../src/explain/method.ts'
import { between, noisy } from '../../src/explain/points.ts'
import { guidedRules } from '../../src/explain/rules.ts'
import { Runner } from '../../src/explain/runner.ts'
import { gradientSumGraph, sumAtInputGraph, summedAt } from '../../src/explain/variants.ts'
import { backends } from '../helpers/backends.ts'
import { expectClose } from './close.ts'
import { camNet, linearNet, oneConv, quadraticNet, reusedReluNet, smoothNet } from './toys.ts'

const nets: readonly [string, () => LoadedModel, stem: string][] = [
  ['a convolution of few channels', oneConv, 'conv1'],
  ['a padded convolution', camNet, 'conv'],
  ['a convolution whose ReLU is read twice', reusedReluNet, 'conv'],
  ['no convolution', linearNet, 'image'],
  ['a square at its beginning', quadraticNet, 'image'],
  ['a sigmoid at its beginning', smoothNet, 'image'],
]
const answers: readonly GradientAnswer[] = ['gradient', 'gradient-x-point']

describe.each(backends)('sums of gradients on $name', ({ create, tolerance }) => {
  describe.each(nets)('of a net with %s', (_, model, stem) => {
    const loaded = { ...model(), pointsPerRun: 3 }
    const sample = loaded.input.shape.slice(1)
    const of = (seed: number): Tensor => {
      const size = sample.reduce((a, b) => a * b, 1)
      const data = Array.from({ length: size }, (_, i) => Math.sin(i * 12.9898 + seed) * 40)
      return tensor(sample, data)
    }
    const x = of(1)

    test('are added up at its affine stem', () => {
      expect(summedAt(loaded, 'gradient').name).toBe(stem)
      expect(summedAt(loaded, 'gradient-x-point')).toBe(loaded.input)
    })

    test.each(answers)('are what the plain loop adds up: %s', (answer) => {
      const score = new ModelScore(new Runner(loaded, create()), {
        x,
        of: 'logit',
        target: 1,
        layer: undefined,
      })
      const share = fc.double({ min: 0, max: 1, noNaN: true })
      const weighted = fc.array(fc.tuple(share, fc.integer({ min: -8, max: 8 })), {
        minLength: 1,
        maxLength: 8,
      })
      fc.assert(
        fc.property(weighted, (pairs) => {
          const points = between(
            of(2),
            x,
            pairs.map(([alpha]) => alpha),
          )
          const weights = pairs.map(([, weight]) => weight)
          const total = new Float64Array(x.data.length)
          const sizes = new Float64Array(x.data.length)
          score.gradients(
            points,
            ({ data }, index) =>
              data.forEach((value, i) => {
                total[i] = (total[i] ?? 0) + (weights[index] ?? 0) * value
                sizes[i] = (sizes[i] ?? 0) + Math.abs((weights[index] ?? 0) * value)
              }),
            { answer },
          )
          const largest = Math.max(...sizes, 1e-30)
          const sum = score.gradientSum(points, weights, { answer })
          expect(sum.shape).toEqual(sample)
          sum.data.forEach((value, i) => {
            expect(Math.abs(value - (total[i] ?? NaN)) / largest).toBeLessThan(tolerance)
          })
        }),
        { numRuns: 20 },
      )
    })

    test('follow the rules', () => {
      const score = new ModelScore(new Runner(loaded, create()), {
        x,
        of: 'logit',
        target: 1,
        layer: undefined,
      })
      const points = noisy(x, 3, [1, 2, 3, 4, 5])
      const total = new Float64Array(x.data.length)
      score.gradients(
        points,
        ({ data }) =>
          data.forEach((value, i) => {
            total[i] = (total[i] ?? 0) + value
          }),
        { rules: guidedRules },
      )
      const sum = score.gradientSum(points, [1, 1, 1, 1, 1], { rules: guidedRules })
      expectClose(sum, sample, total, tolerance)
    })

    test.each(answers)('have well-formed graphs: %s', (answer) => {
      const points = noisy(x, 1, [1])
      verify(gradientSumGraph(loaded, { of: 'logit', rules: [], points: points.form, answer }))
      verify(bindBatch(sumAtInputGraph(loaded, summedAt(loaded, answer)), 1))
    })
  })
})
