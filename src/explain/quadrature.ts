import { ExplainError } from './errors.ts'

export const quadratureRules = ['gauss-legendre', 'left', 'right', 'middle', 'trapezoid'] as const
export type QuadratureRule = (typeof quadratureRules)[number]

/** ∫₀¹ f ≈ Σ wₖ f(αₖ), the nodes ascending and Σw = 1 for every rule. */
export interface Quadrature {
  readonly alphas: readonly number[]
  readonly weights: readonly number[]
}

/** Throws `bad-parameter` for a trapezoid of one point. (Captum weighs the trapezoid by 1/n: its weights miss 1 by 1/n.) */
export function quadrature(rule: QuadratureRule, n: number): Quadrature {
  switch (rule) {
    case 'gauss-legendre':
      return gaussLegendre(n)
    case 'left':
      return even(n, 0)
    case 'middle':
      return even(n, 0.5)
    case 'right':
      return even(n, 1)
    case 'trapezoid': {
      if (n < 2) throw new ExplainError('bad-parameter', 'steps: the trapezoid rule needs at least 2, got 1')
      const { alphas, weights } = even(n, 0, n - 1)
      return { alphas, weights: weights.map((w, k) => (k === 0 || k === n - 1 ? w / 2 : w)) }
    }
  }
}

/** n nodes of equal weight, `shift` into each of the intervals that [0,1] is cut into. */
const even = (n: number, shift: number, intervals = n): Quadrature => ({
  alphas: Array.from({ length: n }, (_, k) => (k + shift) / intervals),
  weights: new Array<number>(n).fill(1 / intervals),
})

/**
 * Nodes (1+xₖ)/2 at the roots of the Legendre polynomial Pₙ, weights 1/((1−xₖ²)·Pₙ′(xₖ)²): exact for polynomials up
 * to degree 2n−1. Newton's iteration from Tricomi's guess; the roots are symmetric, so half of them are computed.
 */
function gaussLegendre(n: number): Quadrature {
  const alphas = new Array<number>(n)
  const weights = new Array<number>(n)
  for (let k = 0; 2 * k < n; k++) {
    let x = 2 * k + 1 === n ? 0 : Math.cos((Math.PI * (k + 0.75)) / (n + 0.5))
    for (let round = 0; round < NEWTON_ROUNDS && x !== 0; round++) {
      const { value, slope } = legendre(n, x)
      x -= value / slope
    }
    const { slope } = legendre(n, x)
    alphas[k] = (1 - x) / 2
    alphas[n - 1 - k] = (1 + x) / 2
    weights[k] = weights[n - 1 - k] = 1 / ((1 - x * x) * slope * slope)
  }
  return { alphas, weights }
}
/** The guess is good to O(n⁻⁴) and each round doubles the digits. */
const NEWTON_ROUNDS = 5

/** Pₙ(x) and Pₙ′(x) for |x| < 1, by (k+1)·P₍ₖ₊₁₎ = (2k+1)·x·Pₖ − k·P₍ₖ₋₁₎. */
function legendre(n: number, x: number): { readonly value: number; readonly slope: number } {
  let before = 0
  let value = 1
  for (let k = 0; k < n; k++) {
    const next = ((2 * k + 1) * x * value - k * before) / (k + 1)
    before = value
    value = next
  }
  return { value, slope: (n * (before - x * value)) / (1 - x * x) }
}
