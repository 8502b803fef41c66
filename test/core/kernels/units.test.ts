import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Cut, cutGrid, type Grid } from '../../../src/core/kernels/units.ts'

/** The part of the work in the units that the first of two ranks begins with. */
function firstShare({ rows, columns }: Grid, { rowsPerUnit, columnsPerUnit, units }: Cut): number {
  const across = Math.ceil(columns / columnsPerUnit)
  let cells = 0
  for (let unit = 0; unit < Math.floor(units / 2); unit++) {
    const [y, x] = [Math.floor(unit / across), unit % across]
    cells +=
      Math.min(rowsPerUnit, rows - y * rowsPerUnit) * Math.min(columnsPerUnit, columns - x * columnsPerUnit)
  }
  return cells / (rows * columns)
}

describe('cutGrid', () => {
  const lines = { rowStep: 14, rowGrain: 32, columnStep: 16 }
  it.each<[string, Grid]>([
    ['14×14 pixels of 480 channels, by lines', { rows: 196, columns: 480, ns: 1.5, ...lines }],
    ['14×14 pixels of 672 channels, by lines', { rows: 196, columns: 672, ns: 1.5, ...lines }],
    ['14×14 pixels by 42 column tiles', { rows: 196, columns: 42, ns: 45, rowGrain: 72 }],
    ['7×7 pixels by 72 column tiles', { rows: 49, columns: 72, ns: 77, rowGrain: 72 }],
    ['28×28 pixels by 15 column tiles', { rows: 784, columns: 15, ns: 16, rowGrain: 72 }],
    ['49 tiles of Winograd', { rows: 49, columns: 16, ns: 1365, rowGrain: 48, columnStep: 4 }],
  ])('%s: two ranks begin with a half each', (_, grid) => {
    const cut = cutGrid(grid)
    expect(cut.units).toBeGreaterThanOrEqual(4)
    expect(Math.abs(firstShare(grid, cut) - 1 / 2)).toBeLessThan(0.01)
  })

  it('leaves what takes little time whole', () => {
    expect(cutGrid({ rows: 100, columns: 100, ns: 1 })).toEqual({
      rowsPerUnit: 100,
      columnsPerUnit: 100,
      units: 1,
    })
    expect(cutGrid({ rows: 0, columns: 100, ns: 1 }).units).toBe(0)
  })

  it('takes whole steps, and as many units as cover the grid', () => {
    const size = (max: number) => fc.integer({ min: 1, max })
    const grids = fc.record({
      ...{ rows: size(5000), columns: size(5000), ns: size(1000) },
      ...{ rowStep: size(64), rowGrain: size(300), columnStep: size(64) },
    })
    fc.assert(
      fc.property(grids, (grid) => {
        const { rowsPerUnit, columnsPerUnit, units } = cutGrid(grid)
        expect(rowsPerUnit % grid.rowStep).toBe(0)
        expect(columnsPerUnit % grid.columnStep).toBe(0)
        expect(units).toBe(Math.ceil(grid.rows / rowsPerUnit) * Math.ceil(grid.columns / columnsPerUnit))
      }),
    )
  })
})
