import { PackArgs } from './generated/args'
import { columnBegin, columnEnd, openUnit, rowBegin, rowEnd } from './unit'

/** Columns of a tile. */
const TILE: i32 = 16

/** Rows are column tiles, group after group; columns are taps. */
export function packKernel(pointer: usize, unit: i32): void {
  const args = changetype<PackArgs>(pointer)
  const tiles = (args.n + TILE - 1) / TILE
  openUnit(unit, args.groups * tiles, args.taps, args.rowsPerUnit, args.columnsPerUnit)
  const kStep = args.kStride << 2
  const nStep = args.nStride << 2
  for (let row = rowBegin; row < rowEnd; row++) {
    const group = row / tiles
    const n = (row % tiles) * TILE
    const columns = min(TILE, args.n - n)
    for (let tap = columnBegin; tap < columnEnd; tap++) {
      let from = args.w + ((group * args.groupStride + tap * args.tapStride + n * args.nStride) << 2)
      let to = args.out + (((row * args.taps + tap) * args.k * TILE) << 2)
      for (let k = 0; k < args.k; k++) {
        let at = from
        for (let column = 0; column < columns; column++) {
          store<f32>(to + (column << 2), load<f32>(at))
          at += nStep
        }
        for (let column = columns; column < TILE; column++) store<f32>(to + (column << 2), 0)
        from += kStep
        to += TILE * 4
      }
    }
  }
}
