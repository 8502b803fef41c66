import { describe, expect, test } from 'vitest'
import { type Tensor, tensor } from '../../src/core/ir/tensor.ts'
import { runPredict } from '../../src/explain/run.ts'
import { softmax } from '../../src/explain/scores.ts'
import { backends } from '../helpers/backends.ts'
import { expectClose } from './close.ts'
import { explain, explainTogether } from './explain.ts'
import { camNet, camNetInput, fill, linearNet, oneConv, oneConvInput } from './toys.ts'

describe.each(backends)('runPredict on $name', ({ create, tolerance }) => {
  test('answers logits and probabilities for each of a batch, the last chunk smaller', () => {
    const input = fill([5, 1, 4, 4], (i) => ((5 * i) % 7) / 2 - 1)
    const { logits, probabilities } = runPredict({ ...camNet(), pointsPerRun: 2 }, create(), {
      kind: 'predict',
      input,
    })
    expect(logits.shape).toEqual([5, 2])
    for (let n = 0; n < 5; n++) {
      const one = tensor([1, 1, 4, 4], input.data.slice(16 * n, 16 * n + 16))
      const alone = runPredict(camNet(), create(), { kind: 'predict', input: one })
      expectClose(row(logits, n), [2], alone.logits.data, tolerance)
      expectClose(row(probabilities, n), [2], softmax(alone.logits.data), tolerance)
    }
  })
})

const row = ({ shape: [, width = 0], data }: Tensor, n: number): Tensor =>
  tensor([width], data.slice(n * width, (n + 1) * width))

describe.each(backends)('runExplain on $name', ({ create, tolerance }) => {
  const job = { method: 'gradient', input: camNetInput }

  test.each(['gradient', 'integrated-gradients', 'smoothgrad', 'grad-cam'])(
    'explains the predicted class for top, and says which: %s',
    (method) => {
      const top = explain(camNet(), create(), { ...job, method, target: 'top' })
      const given = explain(camNet(), create(), { ...job, method, target: 1 })
      expect(top.target.index).toBe(1)
      expect(top.target).toEqual(given.target)
      expect(top.target.score).toBeCloseTo(-0.71875, 6)
      expect(top.target.probability).toBeCloseTo(1 / (1 + Math.exp(-1.5625 + 0.71875)), 6)
      expectClose(top.map, given.map.shape, given.map.data, tolerance)
    },
  )

  test('takes the first of equal largest logits for top', () => {
    const input = fill([1, 1, 4, 4], () => 0)
    const top = explain(oneConv(), create(), { method: 'integrated-gradients', input, target: 'top' })
    expect(top.target.index).toBe(0)
    const tied = explain(oneConv(), create(), { method: 'gradient', input: oneConvInput, target: 'top' })
    const given = explain(oneConv(), create(), { method: 'gradient', input: oneConvInput, target: 0 })
    expect(tied.target).toEqual(given.target)
    expect(tied.map).toEqual(given.map)
  })

  test('explains by the probability of the predicted class', () => {
    const of = 'probability'
    const top = explain(camNet(), create(), { ...job, of, target: 'top' })
    const given = explain(camNet(), create(), { ...job, of, target: 1 })
    expectClose(top.map, [4, 4], given.map.data, tolerance)
    expect(top.target.score).toBe(given.target.score)
  })

  test('says when the score is not finite', () => {
    const input = fill([1, 2, 3, 3], (i) => (i % 2 === 0 ? Number.MAX_VALUE : -Number.MAX_VALUE))
    const { warnings, target } = explain(linearNet(), create(), { method: 'gradient', input })
    expect(target.score).not.toSatisfy(Number.isFinite)
    expect(warnings).toEqual([expect.stringContaining('the score of the class is not finite')])
    expect(explain(camNet(), create(), job).warnings).toEqual([])
  })

  test.each([-1, 2, 0.5, NaN, Infinity])('refuses class %s of two', (target) => {
    expect(() => explain(camNet(), create(), { ...job, target })).toThrow(
      expect.objectContaining({ kind: 'bad-target', message: expect.stringContaining('0 to 1') }),
    )
  })

  test('names near layers when there is no such layer', () => {
    expect(() => explain(camNet(), create(), { ...job, method: 'grad-cam', layer: 'Relu' })).toThrow(
      expect.objectContaining({ kind: 'unknown-layer', message: expect.stringContaining('near: "relu"') }),
    )
  })

  test("works at the card's layer, and without one at the last grid", () => {
    const gradCam = { ...job, method: 'grad-cam' }
    expect(explain(camNet(), create(), gradCam).layer).toBe('relu')
    expect(explain({ ...camNet(), camLayer: undefined }, create(), gradCam).layer).toBe('relu')
    expect(explain(camNet(), create(), { ...gradCam, layer: 'conv' }).layer).toBe('conv')
    expect(() => explain(linearNet(), create(), { ...gradCam, input: fill([1, 2, 3, 3], (i) => i) })).toThrow(
      expect.objectContaining({ kind: 'unknown-layer' }),
    )
  })

  test('says that the card is wrong when its layer is not there and no other was asked for', () => {
    expect(() =>
      explain({ ...camNet(), camLayer: 'gone' }, create(), { ...job, method: 'grad-cam' }),
    ).toThrow(
      expect.objectContaining({
        kind: 'bad-card',
        message: expect.stringMatching(/^layers\.cam of the model's card .* no layer "gone"; near: /),
      }),
    )
  })

  test('refuses an unknown method by name', () => {
    expect(() => explain(camNet(), create(), { ...job, method: 'gradcam' })).toThrow(
      expect.objectContaining({ kind: 'bad-parameter', message: expect.stringContaining('grad-cam') }),
    )
    expect(() => explain(camNet(), create(), { ...job, method: 'constructor' })).toThrow(
      expect.objectContaining({ kind: 'bad-parameter' }),
    )
  })

  test('warns of what the map does not tell', () => {
    const warned = (method: string, more = {}) =>
      explain(camNet(), create(), { ...job, method, ...more }).warnings.join()
    expect(warned('gradient')).toBe('')
    expect(warned('guided-backprop')).toContain('model-randomisation')
    expect(warned('deconvnet')).toContain('model-randomisation')
    expect(warned('smoothgrad', { params: { base: 'deconvnet' } })).toContain('model-randomisation')
    expect(warned('smoothgrad', { input: fill([1, 1, 4, 4], () => 3) })).toContain('no noise')
    expect(
      explain(oneConv(), create(), {
        method: 'gradient',
        input: fill([1, 1, 4, 4], () => 0),
      }).warnings.join(),
    ).toContain('zero everywhere')
  })

  test('answers on the grid of the layer when asked not to upsample', () => {
    const params = { upsample: 'none', relu: false }
    const { map } = explain(oneConv(), create(), {
      method: 'grad-cam',
      input: oneConvInput,
      params,
      layer: 'relu1',
    })
    expect(map.shape).toEqual([2, 2])
  })

  test.each([
    ['gradient', { target: 'top' }],
    ['gradient', { target: 1, of: 'probability' }],
    ['gradient-x-input', { target: 'top', channels: 'none' }],
    ['guided-backprop', { target: 'top' }],
    ['grad-cam', { target: 'top' }],
    ['smoothgrad', { target: 'top', params: { samples: 1 }, seed: 3 }],
  ] as const)('explains several together as each alone, bit for bit: %s %o', (method, question) => {
    const model = { ...camNet(), pointsPerRun: 2 }
    const jobs = Array.from({ length: 5 }, (_, n) => ({
      ...question,
      method,
      input: fill([1, 1, 4, 4], (i) => ((7 * i + 3 * n) % 11) / 4 - 1),
    }))
    const together = explainTogether(model, create(), jobs)
    const alone = jobs.map((job) => explain(model, create(), job))
    expect(together.map(({ timings: _, ...told }) => told)).toEqual(
      alone.map(({ timings: _, ...told }) => told),
    )
    expect(new Set(together.map(({ target }) => target.index)).size).toBe(question.target === 1 ? 1 : 2)
  })

  test('takes the first of equal largest logits for top, whoever is explained beside it', () => {
    const inputs = [fill([1, 1, 4, 4], () => 0), oneConvInput]
    const jobs = inputs.map((input) => ({ method: 'gradient', input, target: 'top' }) as const)
    const together = explainTogether(oneConv(), create(), jobs)
    const alone = jobs.map((job) => explain(oneConv(), create(), job))
    expect(together.map(({ map }) => map)).toEqual(alone.map(({ map }) => map))
  })

  test('keeps the time by phase', () => {
    const { timings } = explain(camNet(), create(), { ...job, target: 'top' })
    expect(Object.keys(timings).toSorted()).toEqual(['gradient', 'plan'])
  })

  test('takes an f32 input as it is', () => {
    const narrow = tensor(camNetInput.shape, Float32Array.from(camNetInput.data))
    const { map } = explain(camNet(), create(), { ...job, input: narrow })
    expectClose(map, [4, 4], explain(camNet(), create(), job).map.data, tolerance)
  })
})
