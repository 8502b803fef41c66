import { finishColumns } from './finish-columns'
import { NarrowArgs, WindowArgs } from './generated/args'
import { narrowTile } from './generated/tiles'
import { biasRow, jobAddress, rowList, tapOffsets, tileRows } from './scratch'
import { TileJob } from './tile-job'
import { openUnit, rowBegin, rowEnd } from './unit'
import { blockRows, listRows, listStep, openPart, openWindow, parts, phaseTaps, seekRow } from './window'

/** Rows of the tallest register tile. */
const TILE_ROWS: i32 = 8

/** Rows are output pixels, part after part. */
export function narrowKernel(pointer: usize, unit: i32): void {
  const args = changetype<NarrowArgs>(pointer)
  const window = changetype<WindowArgs>(pointer)
  openUnit(unit, args.batch * args.outH * args.outW, 1, args.rowsPerUnit, args.columnsPerUnit)
  const transposed = args.transposed != 0
  openWindow(window, transposed, args.channels * 4, args.filters * 4)
  const job = changetype<TileJob>(jobAddress())
  memory.fill(biasRow(), 0, 64)
  if (args.bias) memory.copy(biasRow(), args.bias, args.filters * 4)
  let partBegin = 0
  for (let part = 0; part < parts() && partBegin < rowEnd; part++) {
    const rows = openPart(window, transposed, part, args.filters * args.channels * 4)
    const end = min(rowEnd - partBegin, rows)
    for (let row = max(0, rowBegin - partBegin); row < end; row += blockRows()) {
      const count = min(blockRows(), end - row)
      seekRow(row)
      listRows(count, TILE_ROWS - 1)
      multiply(job, args, count)
      openEpilogue(job, args)
      finishColumns(job, args.filters, count)
    }
    partBegin += rows
  }
}

/** The listed rows' sums and bias, to `tileRows`. */
function multiply(job: TileJob, args: NarrowArgs, count: i32): void {
  job.list = rowList()
  job.listStep = listStep()
  job.rows = count
  job.taps = phaseTaps()
  job.k = args.channels
  job.w = args.w
  job.tapOffsets = tapOffsets()
  job.bias = biasRow()
  job.out = tileRows()
  narrowTile(args.filters, job)
}

function openEpilogue(job: TileJob, args: NarrowArgs): void {
  job.out = args.out
  job.addend = args.addend
  job.clampMin = args.clampMin
  job.clampMax = args.clampMax
  job.gate = args.gate
  job.gateMin = args.gateMin
  job.gateMax = args.gateMax
}
