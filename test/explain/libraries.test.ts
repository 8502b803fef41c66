import { describe, expect, test } from 'vitest'
import { runPredict } from '../../src/explain/run.ts'
import { backends } from '../helpers/backends.ts'
import { expectClose } from './close.ts'
import { explain } from './explain.ts'
import { fixture } from './fixtures.ts'
import { toUnitRange } from './numbers.ts'
import { camNet, camNetInput, oneConv, oneConvInput } from './toys.ts'

/** The same numbers as other libraries on their own toy networks (`test/fixtures/attribution.json`). */
describe.each(backends)('as other libraries, on $name', ({ create, tolerance }) => {
  const signed = { channels: 'sum' } as const

  test.each([
    ['captum/saliency', 'gradient'],
    ['captum/input_x_gradient', 'gradient-x-input'],
    ['captum/guided_backprop', 'guided-backprop'],
    ['captum/deconvolution', 'deconvnet'],
  ])('%s', (id, method) => {
    const { map } = explain(oneConv(), create(), { method, input: oneConvInput, ...signed })
    expectClose(map, [4, 4], fixture(id).expected, tolerance)
  })

  test.each([
    ['captum/ig_default', {}],
    ['captum/ig_gausslegendre', { rule: 'gauss-legendre' }],
    ['captum/ig_riemann_left', { rule: 'left' }],
    ['captum/ig_riemann_right', { rule: 'right' }],
    ['captum/ig_riemann_middle', { rule: 'middle' }],
  ])('%s', (id, params) => {
    const { expected, delta } = fixture(id)
    const result = explain(oneConv(), create(), {
      method: 'integrated-gradients',
      input: oneConvInput,
      params,
    })
    expectClose(result.map, [4, 4], expected, tolerance)
    if (delta.length > 0)
      expect(Math.abs((result.gap ?? NaN) - (delta[0] ?? NaN))).toBeLessThanOrEqual(GAP_TOLERANCE)
  })

  test('captum/ig_riemann_trapezoid, once its weights are made to sum to 1', () => {
    const { expected, delta } = fixture('captum/ig_riemann_trapezoid')
    const fair = 50 / 49
    const params = { rule: 'trapezoid' }
    const result = explain(oneConv(), create(), {
      method: 'integrated-gradients',
      input: oneConvInput,
      params,
    })
    expectClose(
      result.map,
      [4, 4],
      expected.map((a) => a * fair),
      tolerance,
    )
    const total = expected.reduce((a, b) => a + b)
    const scores = total - (delta[0] ?? NaN)
    expect(result.gap).toBeCloseTo(total * fair - scores, 4)
  })

  test.each(['conv1', 'relu1'])('captum/layer_gradcam_%s', (layer) => {
    const params = { relu: false, upsample: 'none' }
    const result = explain(oneConv(), create(), { method: 'grad-cam', input: oneConvInput, params, layer })
    expectClose(result.map, [2, 2], fixture(`captum/layer_gradcam_${layer}`).expected, tolerance)
    expect(result.layer).toBe(layer)
  })

  test('camnet/logits', () => {
    const { logits } = runPredict(camNet(), create(), { kind: 'predict', input: camNetInput })
    expectClose(logits, [1, 2], fixture('camnet/logits').expected, tolerance)
  })

  test.each([0, 1])('pytorch-grad-cam/GradCAM_t%d, which is scaled to 0..1', (target) => {
    const { map } = explain(camNet(), create(), { method: 'grad-cam', input: camNetInput, target })
    expectClose(toUnitRange(map), [4, 4], fixture(`pytorch-grad-cam/GradCAM_t${target}`).expected, tolerance)
  })
})

/** Captum's gaps are differences of float32 sums near 100. */
const GAP_TOLERANCE = 1e-4
