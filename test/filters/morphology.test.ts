import '../helpers/to-be-close.ts'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { allRows, type Band } from '../../src/filters/band.ts'
import { BOUNDARY_RULES, type Boundary } from '../../src/filters/boundary.ts'
import { bandOf, filtered, numbersOf, pipelineOf, stepOfKind } from './pictures.ts'

const run = (id: string, x: Band, size: number | readonly number[], boundary: Boundary): Band =>
  filtered(x, pipelineOf([stepOfKind(id, { size })], { boundary }))

const negated = (x: Band): Band => ({ ...x, data: x.data.map((v) => -v) })

const isBelow = (a: Band, b: Band): boolean => a.data.every((v, i) => v <= (b.data[i] ?? 0))

const side = fc.integer({ min: 1, max: 5 })
const sizes = fc.tuple(side, side)
const rules = fc.constantFrom(...BOUNDARY_RULES)
const pictures = fc
  .record({ rows: fc.integer({ min: 1, max: 8 }), columns: fc.integer({ min: 1, max: 8 }) })
  .chain(({ rows, columns }) => {
    const extent = { rows, columns, channels: 1 }
    return fc
      .array(fc.integer({ min: 0, max: 9 }), { minLength: rows * columns, maxLength: rows * columns })
      .map((values): Band => ({ ...extent, ...allRows(extent), data: Float64Array.from(values) }))
  })

describe('a median', () => {
  it('removes a speck and keeps a step', () => {
    const x = bandOf([
      [0, 0, 5, 5],
      [0, 9, 5, 5],
      [0, 0, 5, 5],
    ])
    expect([...run('median', x, 3, 'replicate').data]).toEqual([0, 0, 5, 5, 0, 0, 5, 5, 0, 0, 5, 5])
  })

  it('is the upper one of the middle two', () => {
    expect([...run('median', bandOf([[1, 2, 3, 4]]), [1, 2], 'replicate').data]).toEqual([2, 3, 4, 4])
  })

  it('leaves a constant as it is', () => {
    fc.assert(
      fc.property(pictures, sizes, rules, (x, size, rule) => {
        const constant = { ...x, data: x.data.map(() => 7) }
        expect(run('median', constant, size, rule).data).toEqual(constant.data)
      }),
    )
  })

  it('lies between erosion and dilation', () => {
    fc.assert(
      fc.property(pictures, sizes, fc.oneof(rules, fc.constant(4)), (x, size, boundary) => {
        const median = run('median', x, size, boundary)
        expect(isBelow(run('erosion', x, size, boundary), median)).toBe(true)
        expect(isBelow(median, run('dilation', x, size, boundary))).toBe(true)
      }),
    )
  })
})

describe('erosion and dilation', () => {
  it('take the least and the most of each window, an even one from its place on', () => {
    const x = bandOf([[3, 1, 4, 1, 5]])
    expect([...run('erosion', x, [1, 3], 0).data]).toEqual([0, 1, 1, 1, 0])
    expect([...run('dilation', x, [1, 3], 0).data]).toEqual([3, 4, 4, 5, 5])
    expect([...run('erosion', x, [1, 2], 9).data]).toEqual([1, 1, 1, 1, 5])
  })

  it('lie below and above the picture', () => {
    fc.assert(
      fc.property(pictures, sizes, rules, (x, size, rule) => {
        expect(isBelow(run('erosion', x, size, rule), x)).toBe(true)
        expect(isBelow(x, run('dilation', x, size, rule))).toBe(true)
      }),
    )
  })

  it.each([
    ['erosion', 'dilation'],
    ['opening', 'closing'],
  ])('%s of the negative is the negative of %s', (one, other) => {
    fc.assert(
      fc.property(pictures, sizes, rules, (x, size, rule) => {
        const dual = negated(run(other, negated(x), size, rule))
        expect(numbersOf(run(one, x, size, rule))).toBeClose(numbersOf(dual), {})
      }),
    )
  })
})

describe('opening and closing', () => {
  it('clear away a line and keep a square where it is, of even sides too', () => {
    const x = bandOf([
      [1, 0, 0, 0, 0, 0],
      [1, 0, 0, 1, 1, 0],
      [1, 0, 0, 1, 1, 0],
      [1, 0, 0, 0, 0, 0],
    ])
    const square = [0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0]
    expect([...run('opening', x, 2, 'circular').data]).toEqual(square)
    expect([...run('closing', negated(x), 2, 'circular').data]).toEqual(square.map((v) => -v))
  })

  // these rules make of the result beyond the edges what the result of the picture beyond the edges is
  const lasting = fc.oneof(
    fc.record({ rule: fc.constant('circular' as const), size: sizes }),
    fc.record({
      rule: fc.constantFrom('symmetric' as const, 'mirror' as const),
      size: fc.constantFrom([1, 3] as const, [3, 3] as const, [5, 3] as const),
    }),
  )

  it('lie below and above the picture, and do nothing the second time', () => {
    fc.assert(
      fc.property(pictures, lasting, (x, { rule, size }) => {
        const opened = run('opening', x, size, rule)
        const closed = run('closing', x, size, rule)
        expect(isBelow(opened, x)).toBe(true)
        expect(isBelow(x, closed)).toBe(true)
        expect(run('opening', opened, size, rule).data).toEqual(opened.data)
        expect(run('closing', closed, size, rule).data).toEqual(closed.data)
      }),
    )
  })
})
