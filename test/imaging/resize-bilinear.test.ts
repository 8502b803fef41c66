import { describe, expect, it } from 'vitest'
import { resizeBilinear } from '../../src/imaging/resize-bilinear.ts'
import { fixture, largestDifference, randomNumbers } from './fixtures.ts'

interface Upsampled {
  readonly kernel: string
  readonly map: readonly (readonly number[])[]
  readonly size: readonly [number, number]
  readonly values: readonly (readonly number[])[]
}
const isMap = (row: { readonly kernel: string }): row is Upsampled => row.kernel === 'map'
const { resized } = fixture<{ readonly resized: readonly { readonly kernel: string }[] }>('resample').cases

const mapOf = (shape: readonly number[], data: readonly number[]) =>
  ({ shape, dtype: 'float', data: Float32Array.from(data) }) as const

describe('resizeBilinear', () => {
  it.each(resized.filter(isMap))(
    'upsamples to $size as Pillow does',
    ({ map, size: [width, height], values }) => {
      const ours = resizeBilinear(mapOf([5, 4], map.flat()), height, width)
      expect(ours.shape).toEqual([height, width])
      // float32 rounding of numbers about 1
      expect(largestDifference(ours.data, values.flat())).toBeLessThan(1e-6)
    },
  )

  it('puts the centres of 2 cells a quarter into the ends of 4 (PyTorch, align_corners=False)', () => {
    expect([...resizeBilinear(mapOf([1, 2], [0, 4]), 1, 4).data]).toEqual([0, 1, 3, 4])
  })

  it('takes every second pair of neighbours when halving, without antialiasing', () => {
    expect([...resizeBilinear(mapOf([1, 8], [0, 2, 4, 6, 8, 10, 100, 0]), 1, 4).data]).toEqual([1, 5, 9, 50])
  })

  it('resizes each map of a stack on its own', () => {
    const random = randomNumbers(3)
    const data = Array.from({ length: 2 * 3 * 4 }, random)
    const stack = resizeBilinear(mapOf([2, 1, 3, 4], data), 5, 6)
    expect(stack.shape).toEqual([2, 1, 5, 6])
    const second = resizeBilinear(mapOf([3, 4], data.slice(12)), 5, 6)
    expect(stack.data.slice(30)).toEqual(second.data)
  })

  it('keeps the type of the numbers', () => {
    const map = { shape: [1, 1], dtype: 'float', data: Float64Array.of(0.1) } as const
    expect(resizeBilinear(map, 2, 2).data).toEqual(Float64Array.of(0.1, 0.1, 0.1, 0.1))
  })

  it.each([
    [[4], 2, 2],
    [[0, 4], 2, 2],
    [[4, 4], 0, 2],
  ])('refuses a map of shape %j to %ix%i', (shape, height, width) => {
    const size = shape.reduce((a, b) => a * b, 1)
    expect(() => resizeBilinear(mapOf(shape, new Array<number>(size).fill(0)), height, width)).toThrow(
      'expected a map',
    )
  })
})
