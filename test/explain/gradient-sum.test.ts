import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { bindBatch } from '../../src/core/ir/bind.ts'
import { type Tensor, tensor } from '../../src/core/ir/tensor.ts'
import { verify } from '../../src/core/ir/verify.ts'
import { ModelScore } from '../../src/explain/explained.ts'
import type { LoadedModel } from '../../src/explain/loaded.ts'
import type { GradientAnswer, GradientOptions } from '../../src/explain/method.ts'
import { between, noisy, type Points } from '../../src/explain/points.ts'
import { guidedRules } from '../../src/explain/rules.ts'
import { Runner } from '../../src/explain/runner.ts'
import {
  gradientSumGraph,
  imageGraph,
  lineMadeAt,
  sumAtInputGraph,
  summedAt,
} from '../../src/explain/variants.ts'
import { backends } from '../helpers/backends.ts'
import { expectClose } from './close.ts'
import { camNet, dearStemNet, linearNet, oneConv, quadraticNet, reusedReluNet, smoothNet } from './toys.ts'

const nets: readonly [string, () => LoadedModel, stem: string][] = [
  ['a convolution of few channels', oneConv, 'conv1'],
  ['a padded convolution', camNet, 'conv'],
  ['a convolution whose ReLU is read twice', reusedReluNet, 'conv'],
  ['a convolution of many weights', dearStemNet, 'conv'],
  ['no convolution', linearNet, 'image'],
  ['a square at its beginning', quadraticNet, 'image'],
  ['a sigmoid at its beginning', smoothNet, 'image'],
]
const answers: readonly GradientAnswer[] = ['gradient', 'gradient-x-point']

/** The plain twin: one gradient after the other, in f64; of `measure` of each term. */
function plainSum(
  score: ModelScore,
  points: Points,
  weights: readonly number[],
  options: GradientOptions = {},
  measure = (term: number) => term,
): Float64Array {
  let total = new Float64Array()
  score.gradients(
    points,
    ({ data }, index) => {
      if (index === 0) total = new Float64Array(data.length)
      data.forEach((value, i) => {
        total[i] = (total[i] ?? 0) + measure((weights[index] ?? 0) * value)
      })
    },
    options,
  )
  return total
}

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

    const scoreOf = (net: LoadedModel): ModelScore =>
      new ModelScore(new Runner(net, create()), { x, of: 'logit', target: 1, layer: undefined })

    test('are added up at its affine stem', () => {
      expect(summedAt(loaded, { answer: 'gradient', rules: [] }).name).toBe(stem)
      expect(summedAt(loaded, { answer: 'gradient-x-point', rules: [] })).toBe(loaded.input)
    })

    test('along a line are of points made at the end of a stem of many weights, else at the input', () => {
      const made = lineMadeAt(loaded, { answer: 'gradient', rules: [] })
      expect(made.name).toBe(model === dearStemNet ? stem : 'image')
      expect(lineMadeAt(loaded, { answer: 'gradient-x-point', rules: [] })).toBe(loaded.input)
    })

    test.each(answers)('are what the plain loop adds up: %s', (answer) => {
      const score = scoreOf(loaded)
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
          const total = plainSum(score, points, weights, { answer })
          const sizes = plainSum(score, points, weights, { answer }, Math.abs)
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

    test('follow the rules, with weights that are not below 0', () => {
      const score = scoreOf(loaded)
      const points = noisy(x, 3, [1, 2, 3, 4, 5])
      const weights = [0.5, 2, 0, 0.04, 1]
      const total = plainSum(score, points, weights, { rules: guidedRules })
      const sum = score.gradientSum(points, weights, { rules: guidedRules })
      expectClose(sum, sample, total, tolerance)
    })

    test('have the same bits in batches of any size, and where the model takes one point alone', () => {
      const points = noisy(x, 3, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
      const weights = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1]
      const [first, ...others] = [1, 2, 3, 10].map((pointsPerRun) =>
        scoreOf({ ...loaded, pointsPerRun }).gradientSum(points, weights),
      )
      const bound = bindBatch(loaded.graph, 1)
      const [input = loaded.input] = bound.inputs
      const [logits = loaded.logits] = bound.outputs
      const alone = scoreOf({ ...loaded, graph: bound, input, logits }).gradientSum(points, weights)
      for (const other of [...others, alone]) expect(other).toEqual(first)
    })

    test('of many samples err no more than those of a few', () => {
      const keys = Array.from({ length: 500 }, (_, i) => i)
      const points = noisy(x, 3, keys)
      const weights = keys.map(() => 1 / keys.length)
      const score = scoreOf(loaded)
      const sum = score.gradientSum(points, weights)
      expectClose(sum, sample, plainSum(score, points, weights), Math.max(tolerance / 100, 1e-9))
    })

    test.each(answers)('have well-formed graphs: %s', (answer) => {
      const points = noisy(x, 1, [1])
      verify(gradientSumGraph(loaded, { of: 'logit', rules: [], points: points.form, answer }))
      const made = lineMadeAt(loaded, { answer, rules: [] })
      const line = between(x, of(2), [0, 1]).form
      verify(gradientSumGraph(loaded, { of: 'logit', rules: [], points: line, answer }, made))
      verify(imageGraph(loaded, made))
      verify(bindBatch(sumAtInputGraph(loaded, summedAt(loaded, { answer, rules: [] })), 1))
    })
  })
})
