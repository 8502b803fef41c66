import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MAX_WINOGRAD_CHANNELS } from '../../../src/core/kernels/encode.ts'
import {
  pointStrides,
  WINOGRAD_BLOCK,
  type WinogradTile,
  winogradMatrices,
} from '../../../src/core/kernels/winograd.ts'
import { epilogue } from './dense-cases.ts'
import { Sandbox } from './sandbox.ts'

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

  it('have room for a column tile of a block, and for some tiles of the most channels', () => {
    const { input, products, weights } = pointStrides[tile]
    expect(products).toBeGreaterThanOrEqual(WINOGRAD_BLOCK.tiles * 64)
    expect(weights).toBeGreaterThanOrEqual(WINOGRAD_BLOCK.channels * 64)
    expect(input).toBeGreaterThanOrEqual(12 * MAX_WINOGRAD_CHANNELS * 4)
  })

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

describe('the kernel', () => {
  /** The results, channel by channel, of a picture in which each channel has one value. */
  function ofEvenPicture(tile: WinogradTile): ReadonlySet<number>[] {
    const [size, channels, filters] = [10, 200, 16]
    const box = new Sandbox()
    const colours = Array.from({ length: channels }, (_, k) => Math.sin(k + 1))
    const out = box.empty((size - 2) ** 2 * filters)
    box.run('winograd', {
      x: box.place(Array.from({ length: size ** 2 }, () => colours).flat()),
      w: box.real(9 * channels * filters, -1, 1),
      out,
      ...{ batch: 1, inH: size, inW: size, outH: size - 2, outW: size - 2, padTop: 0, padLeft: 0 },
      ...{ channels, filters, tile, transposed: 0, turned: 0, sparse: 1, ...epilogue(box, {}, filters, 0) },
    })
    const results = box.floats.subarray(out / 4, out / 4 + (size - 2) ** 2 * filters)
    return Array.from({ length: filters }, (_, n) => new Set(results.filter((_, i) => i % filters === n)))
  }

  it('keeps equal pixels equal in small tiles, as max pools need them', () => {
    for (const values of ofEvenPicture(2)) expect(values.size).toBe(1)
  })

  it('needs small tiles for that: large ones round each pixel of a tile in its own way', () => {
    expect(ofEvenPicture(4).some((values) => values.size > 1)).toBe(true)
  })

  it.each([2, 4] as const)('adds nothing for channels of 0, in tiles of %i', (tile) => {
    const [size, some, all, filters] = [13, 128, 208, 32]
    const box = new Sandbox()
    const [colours, weights] = [box.real(size ** 2 * some, -1, 1), box.real(9 * some * filters, -1, 1)]
    const numbers = (address: number, length: number) => [
      ...box.floats.subarray(address / 4, address / 4 + length),
    ]
    const resultsOf = (channels: number, x: number, w: number) => {
      const out = box.empty(size ** 2 * filters)
      box.run('winograd', {
        ...{ x, w, out, batch: 1, inH: size, inW: size, outH: size, outW: size, padTop: 1, padLeft: 1 },
        ...{ channels, filters, tile, transposed: 0, turned: 0, sparse: 1, ...epilogue(box, {}, filters, 0) },
      })
      return numbers(out, size ** 2 * filters)
    }
    // channels from 128 on are a list of their own
    const pixels = chunked(numbers(colours, size ** 2 * some), some)
    const taps = chunked(numbers(weights, 9 * some * filters), some * 16)
    const more = all - some
    const x = box.place(pixels.flatMap((pixel) => [...pixel, ...Array.from({ length: more }, () => 0)]))
    const w = box.place(
      taps.flatMap((tap) => [...tap, ...Array.from({ length: more * 16 }, (_, i) => i % 7)]),
    )
    expect(resultsOf(all, x, w)).toEqual(resultsOf(some, colours, weights))
  })
})

const chunked = (list: readonly number[], length: number): number[][] =>
  Array.from({ length: list.length / length }, (_, i) => list.slice(i * length, (i + 1) * length))
