import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type WinogradTile, winogradMatrices } from '../../../src/core/kernels/winograd.ts'

type Matrix = readonly (readonly number[])[]

const product = (a: Matrix, b: Matrix): Matrix =>
  a.map((row) => (b[0] ?? []).map((_, j) => row.reduce((sum, v, i) => sum + v * (b[i]?.[j] ?? 0), 0)))
const transpose = (a: Matrix): Matrix => (a[0] ?? []).map((_, j) => a.map((row) => row[j] ?? 0))
const sandwich = (m: Matrix, x: Matrix): Matrix => product(product(m, x), transpose(m))
const square = (size: number) =>
  fc.array(fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: size, maxLength: size }), {
    minLength: size,
    maxLength: size,
  })

/** As convolution layers do: no flip. */
const correlated = (d: Matrix, g: Matrix, tile: number): number[] =>
  Array.from({ length: tile * tile }, (_, i) => {
    const [y, x] = [Math.floor(i / tile), i % tile]
    return g.flatMap((row, ky) => row.map((w, kx) => w * (d[y + ky]?.[x + kx] ?? 0))).reduce((a, b) => a + b)
  })

describe.each<WinogradTile>([2, 4])('the matrices of F(%i×%i, 3×3)', (tile) => {
  const { bT, g, aT } = winogradMatrices[tile]

  it('turn a 3×3 correlation into products', () => {
    fc.assert(
      fc.property(square(tile + 2), square(3), (d, w) => {
        const transformed = sandwich(bT, d)
        const products = sandwich(g, w).map((row, i) => row.map((v, j) => v * (transformed[i]?.[j] ?? 0)))
        const y = sandwich(aT, products).flat()
        correlated(d, w, tile).forEach((expected, i) => {
          expect(y[i]).toBeCloseTo(expected, 12)
        })
      }),
    )
  })
})
