import '../helpers/to-be-close.ts'
import { describe, expect, it } from 'vitest'
import { kinds } from '../../src/filters/kinds/index.ts'
import { matrixFrom, sumOf } from '../../src/filters/matrix.ts'
import { fixtures } from './fixtures.ts'
import { scikit } from './scikit.ts'

const rows: readonly (readonly [fixture: string, kind: string, params: Record<string, unknown>])[] = [
  ['average_3x3', 'average', {}],
  ['average_5x5', 'average', { size: 5 }],
  ['average_3x5', 'average', { size: [3, 5] }],
  ['average_2x2', 'average', { size: [2, 2] }],
  ['disk_1', 'disk', { radius: 1 }],
  ['disk_2', 'disk', { radius: 2 }],
  ['disk_3', 'disk', { radius: 3 }],
  ['disk_5_default', 'disk', {}],
  ['gaussian_3x3_0_5_default', 'gaussian', {}],
  ['gaussian_5x5_1', 'gaussian', { size: 5, sigma: 1 }],
  ['gaussian_3x7_1_5', 'gaussian', { size: [3, 7], sigma: 1.5 }],
  ['laplacian_0_2_default', 'laplacian', {}],
  ['laplacian_0', 'laplacian', { alpha: 0 }],
  ['laplacian_0_5', 'laplacian', { alpha: 0.5 }],
  ['laplacian_1', 'laplacian', { alpha: 1 }],
  ['log_5x5_0_5_matlab', 'log', {}],
  ['log_7x7_1_matlab', 'log', { size: 7, sigma: 1 }],
  ['motion_9_0_matlab', 'motion', {}],
  ['motion_3_45_matlab', 'motion', { length: 3, angle: 45 }],
  ['motion_5_45_matlab', 'motion', { length: 5, angle: 45 }],
  ['motion_7_30_matlab', 'motion', { length: 7, angle: 30 }],
  ['motion_5_90_matlab', 'motion', { length: 5, angle: 90 }],
  ['motion_7_120_matlab', 'motion', { length: 7, angle: 120 }],
  ['prewitt', 'prewitt', {}],
  ['sobel', 'sobel', {}],
  ['unsharp_0_2_default', 'unsharp', {}],
  ['unsharp_1', 'unsharp', { alpha: 1 }],
  ['asym_4x3_even', 'custom', { kernel: fixtures.kernels.asym_4x3_even }],
]

function kernelOf(kind: string, params: Record<string, unknown>) {
  const kernel = kinds.get(kind)?.stages(params)[0]?.kernel
  if (!kernel) throw new Error(`${kind} has no kernel`)
  return kernel
}

describe('kernels are those of fspecial', () => {
  it.each(rows)('%s = %s %j', (fixture, kind, params) => {
    const expected = matrixFrom(fixtures.kernels[fixture] ?? [])
    const kernel = kernelOf(kind, params)
    const shaped = ({ rows, columns, data }: typeof kernel) => ({ shape: [rows, columns], data })
    expect(shaped(kernel)).toBeClose(shaped(expected), { absolute: 1e-12 })
  })

  it('has the centre of LoG as documented', () => {
    expect(kernelOf('log', {}).data[12]).toBeCloseTo(-4.9048, 4)
  })

  it.each([
    ['laplacian', 0],
    ['log', 0],
    ['prewitt', 0],
    ['sobel', 0],
    ['disk', 1],
    ['motion', 1],
    ['gaussian', 1],
    ['unsharp', 1],
    ['scharr', 0],
    ['roberts', 0],
    ['difference-of-gaussians', 0],
    ['unsharp-mask', 1],
  ] as const)('sums %s to %i', (kind, sum) => {
    expect(sumOf(kernelOf(kind, {}))).toBeCloseTo(sum, 12)
  })

  it('turns a disk of radius 1.7 and a line at −30° into kernels that sum to 1', () => {
    expect(sumOf(kernelOf('disk', { radius: 1.7 }))).toBeCloseTo(1, 12)
    expect(sumOf(kernelOf('motion', { length: 6.5, angle: -30 }))).toBeCloseTo(1, 12)
  })

  it.each(scikit.gabor)('has the wave of scikit-image, rotated: it convolves. $params', (wave) => {
    for (const part of ['real', 'imaginary'] as const) {
      const { data } = kernelOf('gabor', { ...wave.params, part })
      expect([...data]).toEqual(
        wave[part]
          .flat()
          .reverse()
          .map((v) => expect.closeTo(v, 12)),
      )
    }
  })

  it("has Mathematica's kernels of radius 1", () => {
    const { gauss_r1: gauss, laplacian_r1_1d: laplacian } = fixtures.mathematica
    expect([...kernelOf('wolfram-gaussian-r1', {}).data]).toEqual(gauss.map((v) => expect.closeTo(v, 14)))
    expect([...kernelOf('wolfram-laplacian-r1', {}).data]).toEqual(
      laplacian.map((v) => expect.closeTo(v, 13)),
    )
  })
})
