import { describe, expect, test } from 'vitest'
import { quadrature, quadratureRules } from '../../src/explain/quadrature.ts'
import { fixture } from './fixtures.ts'

const integral = (f: (alpha: number) => number, { alphas, weights }: ReturnType<typeof quadrature>) =>
  alphas.reduce((total, alpha, k) => total + (weights[k] ?? NaN) * f(alpha), 0)

/** Captum's Riemann nodes went through float32. */
const FLOAT32 = 6e-8

describe('quadrature', () => {
  test.each([
    ['gauss-legendre', 'gausslegendre', 1e-15],
    ['left', 'riemann_left', FLOAT32],
    ['right', 'riemann_right', FLOAT32],
    ['middle', 'riemann_middle', FLOAT32],
  ] as const)("has Captum's nodes and weights: %s", (rule, name, tolerance) => {
    const expected = fixture(`captum/nodes_${name}_n10`)
    const actual = quadrature(rule, 10)
    for (let k = 0; k < 10; k++) {
      expect(Math.abs((actual.alphas[k] ?? NaN) - (expected.alphas[k] ?? NaN))).toBeLessThanOrEqual(tolerance)
      expect(Math.abs((actual.weights[k] ?? NaN) - (expected.weights[k] ?? NaN))).toBeLessThanOrEqual(1e-15)
    }
  })

  test("has Captum's trapezoid nodes, but weights that sum to 1", () => {
    const expected = fixture('captum/nodes_riemann_trapezoid_n10')
    const { alphas, weights } = quadrature('trapezoid', 10)
    alphas.forEach((alpha, k) => {
      expect(Math.abs(alpha - (expected.alphas[k] ?? NaN))).toBeLessThanOrEqual(FLOAT32)
      expect(weights[k]).toBeCloseTo(((expected.weights[k] ?? NaN) * 10) / 9, 15)
    })
  })

  test.each(quadratureRules)('integrates 1 to 1 for every n, to rounding: %s', (rule) => {
    for (const n of [2, 3, 10, 49, 50, 333, 1000])
      expect(Math.abs(integral(() => 1, quadrature(rule, n)) - 1)).toBeLessThanOrEqual(n * Number.EPSILON)
  })

  test('Gauss–Legendre is exact up to degree 2n−1 and ascending, for n up to 1000', () => {
    for (const n of [1, 2, 3, 7, 50, 51, 200, 1000]) {
      const rule = quadrature('gauss-legendre', n)
      for (const degree of [1, n, 2 * n - 1])
        expect(Math.abs(integral((alpha) => alpha ** degree, rule) - 1 / (degree + 1))).toBeLessThanOrEqual(
          1e-14,
        )
      expect(rule.alphas).toEqual(rule.alphas.toSorted((a, b) => a - b))
    }
  })

  test('refuses a trapezoid of one point', () => {
    expect(() => quadrature('trapezoid', 1)).toThrow(expect.objectContaining({ kind: 'bad-parameter' }))
  })
})
