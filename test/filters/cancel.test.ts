import { describe, expect, it } from 'vitest'
import { plainArithmetic } from '../../src/filters/plain.ts'
import { fixtures } from './fixtures.ts'
import { bandOf, filtered, pipelineOf, stepOfKind } from './pictures.ts'

const called = new Error('called off')

describe('work in float64 ends when it is called off', () => {
  it.each([
    ['a correlation', stepOfKind('disk', { radius: 2 })],
    ['two passes', stepOfKind('gaussian', { size: 5, sigma: 1 })],
    ['a rank', stepOfKind('median')],
    ['extremes', stepOfKind('erosion')],
    ['a bilateral filter', stepOfKind('bilateral')],
  ])('in the middle of %s', (_, step) => {
    let left = 3
    const arithmetic = plainArithmetic(() => {
      left -= 1
      if (left === 0) throw called
    })
    expect(() => filtered(bandOf(fixtures.images.gray ?? []), pipelineOf([step]), arithmetic)).toThrow(called)
  })
})
