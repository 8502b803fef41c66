import { describe, expect, it } from 'vitest'
import { given } from './random.ts'
import './to-be-close.ts'

const a = given([2, 2], [1, 2, 3, 4])

describe('toBeClose', () => {
  it('measures a relative error by the largest expected number', () => {
    expect(a).toBeClose(given([2, 2], [1.3, 2, 3, 4]), { relative: 0.1 })
    expect(a).not.toBeClose(given([2, 2], [1.5, 2, 3, 4]), { relative: 0.1 })
  })

  it('names both shapes, the worst index and its numbers', () => {
    expect(() => expect(a).toBeClose(given([2, 2], [1, 2, 9, 4]), { absolute: 1 })).toThrow(
      'shape [2,2], expected [2,2]: at [1,0] got 3, expected 9; error 6, allowed 1',
    )
    expect(() => expect(a).toBeClose(given([4], [1, 2, 3, 4]), {})).toThrow('shape [2,2], expected [4]')
  })

  it('takes NaN and infinities as equal to themselves only', () => {
    const odd = given([3], [Number.NaN, Number.POSITIVE_INFINITY, 0])
    expect(odd).toBeClose(odd, {})
    expect(odd).not.toBeClose(given([3], [0, Number.POSITIVE_INFINITY, 0]), { absolute: 1e9 })
    expect(odd).not.toBeClose(given([3], [Number.NaN, Number.NEGATIVE_INFINITY, 0]), { absolute: 1e9 })
  })
})
