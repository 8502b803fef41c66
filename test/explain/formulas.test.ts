import { describe, expect, test } from 'vitest'
import type { Backend } from '../../src/core/backend.ts'
import { type Tensor, tensor } from '../../src/core/ir/tensor.ts'
import { referenceBackend } from '../../src/core/reference/backend.ts'
import type { LoadedModel } from '../../src/explain/loaded.ts'
import type { ScoreOf } from '../../src/explain/method.ts'
import { runPredict } from '../../src/explain/run.ts'
import { scoreOf } from '../../src/explain/scores.ts'
import { backends } from '../helpers/backends.ts'
import { expectClose } from './close.ts'
import { explain } from './explain.ts'
import {
  camNet,
  camNetInput,
  fill,
  linearNet,
  linearWeights,
  quadraticNet,
  reusedReluNet,
  smoothNet,
} from './toys.ts'

/** Each method against its paper's formula, written out on networks where that is short. */
describe.each(backends)('formulas on $name', ({ create, tolerance }) => {
  const linearInput = fill([1, 2, 3, 3], (i) => i / 4 - 2)
  const raw = { channels: 'none' } as const

  test.each([
    ['gradient', (w: number) => w],
    ['gradient-x-input', (w: number, x: number) => w * x],
    ['integrated-gradients', (w: number, x: number) => w * x],
    ['smoothgrad', (w: number) => w],
    ['smoothgrad-squared', (w: number) => w * w],
    ['vargrad', () => 0],
    ['guided-backprop', (w: number) => w],
    ['deconvnet', (w: number) => w],
  ])('%s of a linear model', (method, formula) => {
    const { map } = explain(linearNet(), create(), { method, input: linearInput, target: 1, ...raw })
    const expected = Array.from(linearInput.data, (x, i) => formula(linearWeights.data[18 + i] ?? NaN, x))
    expectClose(map, [2, 3, 3], expected, tolerance)
  })

  test('integrated gradients of a quadratic model are exact from the second Gauss–Legendre node on', () => {
    const input = fill([1, 1, 8, 8], (i) => i / 16 - 2)
    const params = { steps: 2, baseline: 0.5 }
    const { map, gap } = explain(quadraticNet(), create(), { method: 'integrated-gradients', input, params })
    expectClose(
      map,
      [8, 8],
      Array.from(input.data, (x) => x * x - 0.25),
      tolerance,
    )
    expect(Math.abs(gap ?? NaN)).toBeLessThan(100 * tolerance)
  })

  test.each(['black', 'white', 'blur'])(
    'integrated gradients are complete from a %s baseline',
    (baseline) => {
      const params = { steps: 1000, rule: 'middle', baseline }
      const { gap } = explain(camNet(), create(), {
        method: 'integrated-gradients',
        input: camNetInput,
        params,
      })
      /** a kink between two of n nodes misses at most 1/n of a slope change; the scores here are near 2 */
      expect(Math.abs(gap ?? NaN)).toBeLessThan(0.01)
    },
  )

  test.each([
    ['left', 1, /^the shares miss the difference of the scores, (\d+\.\d), by -\1: take more steps/],
    ['left', 50, /^$/],
    ['gauss-legendre', 2, /^$/],
  ])(
    'integrated gradients by the rule %s in %i steps says whether its shares add up',
    (rule, steps, says) => {
      const input = fill([1, 1, 8, 8], (i) => i / 32 - 0.5)
      const params = { rule, steps }
      const { warnings } = explain(quadraticNet(), create(), {
        method: 'integrated-gradients',
        input,
        params,
        ...raw,
      })
      expect(warnings.join()).toMatch(says)
    },
  )

  /** a = 2(x+σz): mean 2x, mean square 4(x²+σ²), variance 4σ². Means over 64 pixels, five standard errors allowed. */
  describe('noise on a quadratic model', () => {
    const samples = 400
    const input = fill([1, 1, 8, 8], (i) => i / 16 - 2)
    const sigma = (0.15 * 63) / 16
    const count = samples * input.data.length
    const meanDifference = (method: string, formula: (x: number) => number, base = 'gradient') => {
      const { map } = explain(quadraticNet(), create(), {
        method,
        input,
        params: { samples, base },
        seed: 5,
        ...raw,
      })
      const differences = Array.from(map.data, (a, i) => a - formula(input.data[i] ?? NaN))
      return differences.reduce((total, d) => total + d, 0) / differences.length
    }
    test('smoothgrad', () => {
      const difference = meanDifference('smoothgrad', (x) => 2 * x)
      expect(Math.abs(difference)).toBeLessThan((5 * 2 * sigma) / Math.sqrt(count))
      expect(difference).not.toBe(0)
    })
    test('smoothgrad of gradient × input, each at its own point', () => {
      const meanSquare = Array.from(input.data, (x) => x * x).reduce((a, b) => a + b) / 64
      const variance = 4 * (4 * meanSquare * sigma ** 2 + 2 * sigma ** 4)
      const difference = meanDifference('smoothgrad', (x) => 2 * (x * x + sigma ** 2), 'gradient-x-input')
      expect(Math.abs(difference)).toBeLessThan(5 * Math.sqrt(variance / count))
    })
    test('smoothgrad-squared', () => {
      const meanSquare = Array.from(input.data, (x) => x * x).reduce((a, b) => a + b) / 64
      const variance = 16 * (4 * meanSquare * sigma ** 2 + 2 * sigma ** 4)
      const difference = meanDifference('smoothgrad-squared', (x) => 4 * (x * x + sigma ** 2))
      expect(Math.abs(difference)).toBeLessThan(5 * Math.sqrt(variance / count))
    })
    test('vargrad', () => {
      const difference = meanDifference('vargrad', () => 4 * sigma ** 2 * (1 - 1 / samples))
      expect(Math.abs(difference)).toBeLessThan(5 * Math.sqrt((32 * sigma ** 4) / count))
    })
  })

  test.each([
    ['gradient', (ct: number) => ct, 1],
    ['guided-backprop', (ct: number) => Math.max(ct, 0), 1],
    ['deconvnet', (ct: number) => Math.max(ct, 0), 0],
  ] as const)('%s goes through every use of a ReLU', (method, through, gated) => {
    const { map } = explain(reusedReluNet(), create(), { method, input: camNetInput, ...raw })
    expectClose(map, [1, 4, 4], reusedReluFormula(through, gated === 1), tolerance)
  })

  test('a deconvnet looks at the cotangent alone, at Clip too', () => {
    const guided = explain(reusedReluNet(), create(), { method: 'guided-backprop', input: camNetInput })
    const deconv = explain(reusedReluNet(), create(), { method: 'deconvnet', input: camNetInput })
    expect(deconv.map).not.toEqual(guided.map)
  })

  test.each(['guided-backprop', 'deconvnet'])('%s says when there is no ReLU', (method) => {
    const result = explain(smoothNet(), create(), { method, input: linearInput, ...raw })
    const plain = explain(smoothNet(), create(), { method: 'gradient', input: linearInput, ...raw })
    expectClose(result.map, [2, 3, 3], plain.map.data, tolerance)
    expect(result.warnings.join()).toContain('no ReLU')
  })

  test.each(['guided-backprop', 'deconvnet', 'gradient', 'gradient-x-input'])(
    'without noise, smoothgrad of %s is %s, and says so',
    (base) => {
      const params = { base, noise: 0, samples: 3 }
      const smooth = explain(camNet(), create(), { method: 'smoothgrad', input: camNetInput, params, ...raw })
      const plain = explain(camNet(), create(), { method: base, input: camNetInput, ...raw })
      expectClose(smooth.map, [1, 4, 4], plain.map.data, tolerance)
      expect(smooth.warnings.join()).toContain('no noise')
    },
  )
})

/** dF/dx by central differences, on the smooth network in f64. */
describe('the score explained', () => {
  test.each(['logit', 'probability', 'log-probability'] as const)('%s', (of) => {
    const input = fill([1, 2, 3, 3], (i) => i / 10 - 1)
    const { map } = explain(smoothNet(), referenceBackend, {
      method: 'gradient',
      input,
      of,
      channels: 'none',
    })
    const expected = Array.from(input.data, (_, i) => slope(smoothNet(), referenceBackend, input, i, of))
    expectClose(map, [2, 3, 3], expected, 1e-7)
  })
})

function slope(model: LoadedModel, backend: Backend, input: Tensor, index: number, of: ScoreOf): number {
  const h = 1e-5
  const at = (step: number) => {
    const moved = tensor(
      input.shape,
      Float64Array.from(input.data, (x, i) => (i === index ? x + step : x)),
    )
    return scoreOf(runPredict(model, backend, { kind: 'predict', input: moved }).logits.data, 0, of)
  }
  return (at(h) - at(-h)) / (2 * h)
}

/**
 * dF/dx of `reusedReluNet` for class 0 by loops: r = relu(conv x), F = w·(r + relu(r) + min(r,6)); `through` is what a
 * ReLU does to an arriving cotangent, `gated` whether it also asks for its output to lie inside its bounds.
 */
function reusedReluFormula(through: (ct: number) => number, gated: boolean): number[] {
  const x = camNetInput.data
  const weight = (c: number, dy: number, dx: number) => (((c * 9 + (dy + 1) * 3 + dx + 1) % 5) - 2) / 4
  const bias = [0.5, -0.25, 0.125]
  const offsets = [-1, 0, 1].flatMap((dy) => [-1, 0, 1].map((dx) => [dy, dx] as const))
  const gradient = new Array<number>(16).fill(0)
  for (let c = 0; c < 3; c++)
    for (let i = 0; i < 16; i++) {
      const inside = offsets
        .map(([dy, dx]) => ({ dy, dx, row: Math.floor(i / 4) + dy, column: (i % 4) + dx }))
        .filter(({ row, column }) => row >= 0 && row < 4 && column >= 0 && column < 4)
      const z = inside.reduce(
        (sum, p) => sum + weight(c, p.dy, p.dx) * (x[p.row * 4 + p.column] ?? NaN),
        bias[c] ?? NaN,
      )
      const w = (((7 * (c * 16 + i)) % 11) - 5) / 8
      const again = gated && !(z > 0) ? 0 : through(w)
      const six = gated && !(z > 0 && z < 6) ? 0 : through(w)
      const ct = gated && !(z > 0) ? 0 : through(w + again + six)
      for (const p of inside) {
        const at = p.row * 4 + p.column
        gradient[at] = (gradient[at] ?? NaN) + ct * weight(c, p.dy, p.dx)
      }
    }
  return gradient
}
