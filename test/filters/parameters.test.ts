import { describe, expect, it } from 'vitest'
import { ZodError } from 'zod'
import { LONGEST_SIDE } from '../../src/filters/kind.ts'
import { kinds } from '../../src/filters/kinds/index.ts'

function fault(kind: string, params: Readonly<Record<string, unknown>>) {
  try {
    kinds.get(kind)?.stages(params)
  } catch (error) {
    if (!(error instanceof ZodError)) throw error
    return error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)
  }
  return []
}

describe('parameters that cannot be used are named', () => {
  it.each([
    ['unsharp-mask', { radius: 32 }, 'radius: Too big: expected number to be <=31.8'],
    ['unsharp-mask', { radius: 0 }, 'radius: Too small: expected number to be >=0.01'],
    ['unsharp-mask', { threshold: -1 }, 'threshold: Too small: expected number to be >=0'],
    ['canny', { sigma: 32 }, 'sigma: Too big: expected number to be <=31.8'],
    ['canny', { low: 60 }, 'high: expected high not to be below low'],
    ['difference-of-gaussians', { highSigma: 40 }, 'highSigma: Too big: expected number to be <=31.8'],
    [
      'difference-of-gaussians',
      { lowSigma: 2, highSigma: 1 },
      'highSigma: expected highSigma not to be below lowSigma',
    ],
    [
      'difference-of-gaussians',
      { lowSigma: 25 },
      'lowSigma: expected lowSigma to be at most 31.8 / 1.6 where highSigma is not given',
    ],
    [
      'gabor',
      { frequency: 0.01 },
      'frequency: expected frequency, bandwidth and nStds to make a kernel of at most 255 pixels a side: raise frequency or bandwidth, or lower nStds',
    ],
    ['bilateral', { sigmaSpatial: 43 }, 'sigmaSpatial: Too big: expected number to be <=42.3'],
    ['bilateral', { size: 256 }, 'size: Too big: expected number to be <=255'],
    ['median', { size: 0 }, 'size: Too small: expected number to be >=1'],
    ['erosion', { size: [3, 256] }, 'size.1: Too big: expected number to be <=255'],
    ['roberts', { direction: 'horizontal' }, /^direction: Invalid option/],
  ])('%s %j', (kind, params, message) => {
    expect(fault(kind, params)).toContainEqual(
      message instanceof RegExp ? expect.stringMatching(message) : message,
    )
  })
})

describe('the longest sides are those of the largest parameters', () => {
  it.each([
    ['unsharp-mask', { radius: 31.8 }],
    ['difference-of-gaussians', { lowSigma: 3, highSigma: 31.8 }],
    ['bilateral', { sigmaSpatial: 42.3 }],
    ['gabor', { frequency: 0.01329 }],
  ])('%s %j', (kind, params) => {
    expect(kinds.get(kind)?.stages(params)[0]?.reach).toMatchObject({
      rows: LONGEST_SIDE,
      columns: LONGEST_SIDE,
    })
  })
})

it('every parameter of every kind has a description', () => {
  for (const { id, params } of kinds.values())
    for (const [name, schema] of Object.entries(params.shape))
      expect([id, name, schema.description]).toEqual([id, name, expect.stringMatching(/./)])
})

it('no parameter is named as what every step has', () => {
  for (const { id, params } of kinds.values())
    for (const name of ['type', 'combine', 'amount'])
      expect(Object.keys(params.shape), id).not.toContain(name)
})
