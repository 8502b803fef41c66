import { describe, expect, it } from 'vitest'
import { layoutsCoincide, physicalStrides, toLayout } from '../../../src/core/plan/layout.ts'

describe('channels-last', () => {
  it('gives the channel axis stride 1', () => {
    expect(physicalStrides([2, 3, 4, 5], 'row-major')).toEqual([60, 20, 5, 1])
    expect(physicalStrides([2, 3, 4, 5], 'channels-last')).toEqual([60, 1, 15, 3])
  })

  it('reorders numbers as its strides say', () => {
    const shape = [2, 3, 2, 2]
    const data = Float32Array.from({ length: 24 }, (_, i) => i)
    const out = new Float32Array(24)
    toLayout(data, shape, 'channels-last', out)
    const strides = physicalStrides(shape, 'channels-last')
    const at = (n: number, c: number, h: number, w: number) =>
      out[n * (strides[0] ?? 0) + c * (strides[1] ?? 0) + h * (strides[2] ?? 0) + w * (strides[3] ?? 0)]
    expect(at(1, 2, 0, 1)).toBe(12 + 2 * 4 + 1)
    expect(at(0, 1, 1, 0)).toBe(4 + 2)
  })

  it('is the same bytes as row-major for one pixel, one channel or low rank', () => {
    expect(layoutsCoincide([8, 1000, 1, 1])).toBe(true)
    expect(layoutsCoincide([8, 1, 7, 7])).toBe(true)
    expect(layoutsCoincide([8, 1000])).toBe(true)
    expect(layoutsCoincide([1, 3, 7, 7])).toBe(false)
  })
})
