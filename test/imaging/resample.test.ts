import { describe, expect, it } from 'vitest'
import { RESIZE_KERNELS, type ResizeKernel, resample } from '../../src/imaging/resample.ts'
import { fixture, fromBase64, largestDifference } from './fixtures.ts'

interface Resized {
  readonly kernel: string
  readonly box: readonly [number, number, number, number]
  readonly size: readonly [number, number]
  readonly rgb: string
}
interface Source {
  readonly width: number
  readonly height: number
  readonly rgb: string
  readonly grey: string
  readonly resized: readonly Resized[]
}

const { cases } = fixture<Source>('resample')
const { width, height } = cases
const photo = { width, height, channels: 3, pixels: fromBase64(cases.rgb) }
const isKernel = (name: string): name is ResizeKernel => RESIZE_KERNELS.some((kernel) => kernel === name)

/** Pillow keeps boxes as float32, we as float64: a sum may fall on the other side of a half. */
const rounding = 1

describe('resample', () => {
  for (const { kernel, box, size, rgb } of cases.resized) {
    if (!isKernel(kernel)) continue
    it(`${kernel} of (${box}) to ${size} equals Pillow`, () => {
      const [left, top, right, bottom] = box
      const ours = resample(photo, { left, top, width: right - left, height: bottom - top }, ...size, kernel)
      expect(largestDifference(ours, fromBase64(rgb))).toBeLessThanOrEqual(
        kernel === 'nearest' ? 0 : rounding,
      )
    })
  }

  it.each(RESIZE_KERNELS)('%s leaves a picture of the right size as it is', (kernel) => {
    const all = { left: 0, top: 0, width, height }
    expect(largestDifference(resample(photo, all, width, height, kernel), photo.pixels)).toBe(0)
  })

  it.each(RESIZE_KERNELS)('%s of a grey picture equals each channel of the same in RGB', (kernel) => {
    const pixels = fromBase64(cases.grey)
    const inRgb = (grey: Uint8Array) =>
      Uint8Array.from({ length: grey.length * 3 }, (_, i) => grey[Math.floor(i / 3)] ?? 0)
    const box = { left: 2.5, top: 1, width: 17, height: 12.25 }
    const one = resample({ width, height, channels: 1, pixels }, box, 9, 10, kernel)
    const three = resample({ width, height, channels: 3, pixels: inRgb(pixels) }, box, 9, 10, kernel)
    expect(three).toEqual(inRgb(one))
  })
})
