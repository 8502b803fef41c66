import { describe, expect, it } from 'vitest'
import type { Boundary } from '../../src/filters/boundary.ts'
import { FilterError } from '../../src/filters/errors.ts'
import { rowsNeeded } from '../../src/filters/pipeline.ts'
import { strips } from '../../src/filters/strips.ts'
import { pipelineOf, stepOfKind } from './pictures.ts'

const photo = { rows: 5000, columns: 5000, channels: 3 }
const average = (size: number) => stepOfKind('average', { size })
const pipeline = (sizes: readonly number[], boundary: Boundary = 'symmetric') =>
  pipelineOf(sizes.map(average), { boundary })

describe('strips', () => {
  it('are one for a small picture', () => {
    expect(strips(pipeline([5]), { rows: 300, columns: 451, channels: 3 })).toEqual([
      { first: 0, count: 300 },
    ])
  })

  it('are all rows, once each and in order', () => {
    const cut = strips(pipeline([5, 31]), photo)
    expect(cut.length).toBeGreaterThan(1)
    expect(cut.reduce((at, { first, count }) => (first === at ? at + count : -1), 0)).toBe(photo.rows)
  })

  it('load little more than their own rows', () => {
    const steps = pipeline([255])
    for (const rows of strips(steps, photo))
      expect(rowsNeeded(steps, photo, rows).count).toBeLessThan(3 * rows.count + 255)
  })

  it('of many wide kernels are no thinner than what they depend on: one picture is not computed a hundred times', () => {
    const steps = pipeline(Array(6).fill(255))
    const loaded = strips(steps, photo).reduce((sum, rows) => sum + rowsNeeded(steps, photo, rows).count, 0)
    expect(loaded).toBeLessThan(8 * photo.rows)
  })

  it.each([
    [
      'rows at the other end',
      pipelineOf(Array(16).fill(stepOfKind('roberts')), { boundary: 'circular' }),
      photo,
      /circular/,
    ],
    ['a whole picture', pipelineOf([stepOfKind('canny')]), photo, /all of them for canny/],
    [
      'a result that grows',
      pipelineOf(Array(16).fill(average(255)), { size: 'full' }),
      { rows: 300, columns: 400, channels: 60 },
      /a result has at most/,
    ],
  ])('are refused for %s', (_, steps, extent, says) => {
    const cut = () => strips(steps, extent)
    expect(cut).toThrow(FilterError)
    expect(cut).toThrow(says)
  })
})
