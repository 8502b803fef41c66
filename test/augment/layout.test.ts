import { describe, expect, it } from 'vitest'
import { isBatch, LAYOUTS, layoutOf, spaceOf } from '../../src/augment/layout.ts'

describe('a layout', () => {
  it.each([
    [[5, 6], 'HW'],
    [[4, 5, 6], 'DHW'],
    [[3, 4, 5, 6], 'NDHW'],
    [[2, 3, 4, 5, 6], 'NCDHW'],
  ])('of shape %j is %s unless asked otherwise', (shape, layout) => {
    expect(layoutOf(shape, undefined)).toBe(layout)
  })

  it('is what was asked for where it has as many letters', () => {
    expect(layoutOf([2, 3, 4, 5], 'NCHW')).toBe('NCHW')
  })

  it.each([
    ['NCHW', [2, 3], true],
    ['HWC', [0, 1], false],
    ['NDHWC', [1, 2, 3], true],
  ] as const)('%s turns in its axes of space alone', (layout, axes, batch) => {
    expect(spaceOf(layout)).toEqual(axes)
    expect(isBatch(layout)).toBe(batch)
  })

  it('has two or three axes of space, whatever it is', () => {
    for (const layout of LAYOUTS) expect([2, 3]).toContain(spaceOf(layout).length)
  })

  it.each([
    [[7], undefined, '2 to 5 dimensions'],
    [[1, 1, 1, 1, 1, 1], undefined, '2 to 5 dimensions'],
    [[4, 5], 'DHW', 'a layout of 2 letters for shape (4, 5), got DHW'],
  ] as const)('of shape %j as %s is refused', (shape, asked, says) => {
    expect(() => layoutOf(shape, asked)).toThrow(
      expect.objectContaining({ parameter: 'layout', message: expect.stringContaining(says) }),
    )
  })
})
