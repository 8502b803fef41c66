import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Cut, cutGrid, cutOf, type Grid } from '../../../src/core/kernels/units.ts'

/** The cells of each unit, in the order in which ranks take them. */
function unitsOf({ rows, columns }: Grid, { rowsPerUnit, columnsPerUnit, units }: Cut): number[] {
  const across = Math.ceil(columns / columnsPerUnit)
  const side = (at: number, step: number, end: number) => Math.min(step, end - at * step)
  return Array.from(
    { length: units },
    (_, unit) =>
      side(Math.floor(unit / across), rowsPerUnit, rows) * side(unit % across, columnsPerUnit, columns),
  )
}

const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0)

describe('cutGrid', () => {
  const lines = { rowStep: 14, rowGrain: 32, columnStep: 16 }
  it.each<[string, number, Grid]>([
    ['14×14 pixels of 480 channels, by lines', 4, { rows: 196, columns: 480, ns: 1.5, ...lines }],
    ['14×14 pixels of 672 channels, by lines', 4, { rows: 196, columns: 672, ns: 1.5, ...lines }],
    ['14×14 pixels by 42 column tiles', 4, { rows: 196, columns: 42, ns: 45, rowGrain: 72 }],
    ['7×7 pixels by 10 column tiles', 10, { rows: 49, columns: 10, ns: 231, rowGrain: 72 }],
    ['7×7 pixels by 20 column tiles', 20, { rows: 49, columns: 20, ns: 512, rowGrain: 72 }],
    ['7×7 pixels by 42 column tiles', 6, { rows: 49, columns: 42, ns: 77, rowGrain: 72 }],
    ['7×7 pixels by 72 column tiles', 4, { rows: 49, columns: 72, ns: 77, rowGrain: 72 }],
    ['28×28 pixels by 15 column tiles', 4, { rows: 784, columns: 15, ns: 16, rowGrain: 72 }],
    ['49 tiles of Winograd', 4, { rows: 49, columns: 16, ns: 1365, rowGrain: 48, columnStep: 4 }],
  ])('%s: two ranks begin with a half each, of %i units or more', (_, least, grid) => {
    const units = unitsOf(grid, cutGrid(grid))
    expect(units.length).toBeGreaterThanOrEqual(least)
    const share = sum(units.slice(0, units.length / 2)) / sum(units)
    expect(Math.abs(share - 1 / 2)).toBeLessThan(0.01)
  })

  it('keeps rows whole where their cut is hardly beside the middle, and has no more units than it wants', () => {
    const wide = { rows: 12_544, columns: 6, ns: 6.9, rowGrain: 72 }
    expect(cutGrid(wide)).toEqual({ rowsPerUnit: 483, columnsPerUnit: 6, units: 26 })
    const deep = { rows: 392, columns: 32, ns: 820, rowGrain: 72 }
    expect(cutGrid(deep)).toEqual({ rowsPerUnit: 98, columnsPerUnit: 4, units: 32 })
  })

  it('halves what there is more of, the rows of a product or its weights', () => {
    const product = (rows: number, inPerGroup: number, outPerGroup: number) =>
      cutOf('conv', {
        ...{ x: 0, w: 0, out: 0, batch: 1, inH: 1, inW: rows, outH: 1, outW: rows, kernelH: 1, kernelW: 1 },
        ...{ strideH: 1, strideW: 1, dilationH: 1, dilationW: 1, padTop: 0, padLeft: 0, groups: 1 },
        ...{ inPerGroup, outPerGroup, transposed: 0, turned: 0, sparse: 0, bias: 0, addend: 0 },
        ...{
          clampMin: -Infinity,
          clampMax: Infinity,
          gate: 0,
          gateMin: 0,
          gateMax: 0,
          gateBits: 0,
          maskBits: 0,
        },
      })
    expect(product(196, 1024, 256)).toEqual({ rowsPerUnit: 196, columnsPerUnit: 1, units: 16 })
    expect(product(784, 512, 128).rowsPerUnit).toBeLessThanOrEqual(784 / 2)
    expect(product(196, 25_088, 16).units, 'too few columns to share').toBeGreaterThan(1)
  })

  it('leaves what takes little time whole', () => {
    expect(cutGrid({ rows: 30, columns: 100, ns: 1 })).toEqual({
      rowsPerUnit: 30,
      columnsPerUnit: 100,
      units: 1,
    })
    expect(cutGrid({ rows: 0, columns: 100, ns: 1 }).units).toBe(0)
  })

  it('halves what takes less than two units, so that no rank has all of it', () => {
    expect(cutGrid({ rows: 50, columns: 100, ns: 1 })).toEqual({
      rowsPerUnit: 25,
      columnsPerUnit: 100,
      units: 2,
    })
    expect(cutGrid({ rows: 1, columns: 153_228, ns: 0.1, columnStep: 16 })).toEqual({
      rowsPerUnit: 1,
      columnsPerUnit: 76_624,
      units: 2,
    })
  })

  it.each<[string, Grid]>([
    ['a product', { rows: 1568, columns: 5, ns: 192, rowGrain: 72 }],
    ['a product of few rows', { rows: 392, columns: 72, ns: 77, rowGrain: 72 }],
    ['windows, by lines', { rows: 1568, columns: 480, ns: 0.65, ...lines }],
    ['windows of 5×5, by lines', { rows: 1568, columns: 672, ns: 1.45, ...lines }],
  ])('halves 8 samples between two of them: %s', (_, grid) => {
    const { rowsPerUnit, columnsPerUnit, units } = cutGrid(grid)
    const across = Math.ceil(grid.columns / columnsPerUnit)
    expect(((units / 2) * rowsPerUnit) / across).toBe(grid.rows / 2)
  })

  it('takes whole steps, in at most twice the units that a large call has, which are the grid', () => {
    const size = (max: number) => fc.integer({ min: 1, max })
    const grids = fc.record({
      ...{ rows: size(5000), columns: size(5000), ns: size(1000) },
      ...{ rowStep: size(64), rowGrain: size(300), columnStep: size(64) },
    })
    fc.assert(
      fc.property(grids, (grid) => {
        const cut = cutGrid(grid)
        const units = unitsOf(grid, cut)
        expect(cut.rowsPerUnit % grid.rowStep).toBe(0)
        expect(cut.columnsPerUnit % grid.columnStep).toBe(0)
        expect(units.length).toBeLessThanOrEqual(64)
        expect(Math.min(...units)).toBeGreaterThanOrEqual(1)
        expect(sum(units)).toBe(grid.rows * grid.columns)
      }),
    )
  })
})
