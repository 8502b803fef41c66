import { openEpilogue } from './epilogue'
import { DepthwiseArgs, WindowArgs } from './generated/args'
import { depthwise4x1, depthwise4x16, depthwise4x4, hasStrip, STRIP_ROWS, strip } from './generated/tiles'
import { jobAddress, rowList, tapOffsets } from './scratch'
import { TileJob } from './tile-job'
import { columnBegin, columnEnd, openUnit, rowBegin, rowEnd } from './unit'
import {
  listRows,
  listStep,
  listStrips,
  openPart,
  openWindow,
  parts,
  phaseTaps,
  rowsOfLine,
  seekRow,
  stripCount,
  stripStride,
  stripTaps,
} from './window'

/** Rows of the register tile. */
const ROWS: i32 = 4

/** Rows are output pixels, part after part; columns are channels. */
export function depthwiseKernel(pointer: usize, unit: i32): void {
  const args = changetype<DepthwiseArgs>(pointer)
  const window = changetype<WindowArgs>(pointer)
  const pixelBytes = args.channels * 4
  openUnit(unit, args.batch * args.outH * args.outW, args.channels, args.rowsPerUnit, args.columnsPerUnit)
  const transposed = args.transposed != 0
  openWindow(window, transposed, pixelBytes, pixelBytes)
  const job = openJob(args)
  let partBegin = 0
  for (let part = 0; part < parts() && partBegin < rowEnd; part++) {
    const rows = openPart(window, transposed, part, pixelBytes)
    const begin = max(0, rowBegin - partBegin)
    const end = min(rowEnd - partBegin, rows)
    if (begin < end) {
      job.taps = phaseTaps()
      partRows(job, begin, end)
    }
    partBegin += rows
  }
}

/** Rows of one part: strips where the window allows, other rows up to 4 at a time. */
function partRows(job: TileJob, begin: i32, end: i32): void {
  const first: usize = columnBegin * 4
  const last: usize = columnEnd * 4
  const last8 = first + ((last - first) & ~31)
  const taps = stripTaps()
  const stride = stripStride()
  const strips = last8 > first && hasStrip(taps, stride)
  seekRow(begin)
  let row = begin
  while (row < end) {
    const count = strips ? stripCount(end - row) : 0
    if (count) {
      listStrips(count)
      job.listStep = listStep()
      strip(taps, stride, job, count, first, last8)
      const rows = count * STRIP_ROWS
      if (last8 < last) {
        seekRow(row)
        for (let done = 0; done < rows; done += ROWS) listed(job, min(ROWS, rows - done), last8, last)
      }
      row += rows
    } else {
      const few = min(ROWS, strips ? rowsOfLine(end - row) : end - row)
      listed(job, few, first, last)
      row += few
    }
  }
}

/** The next `count` rows, at most 4, from the list. */
function listed(job: TileJob, count: i32, first: usize, last: usize): void {
  const last16 = first + ((last - first) & ~63)
  const last4 = first + ((last - first) & ~15)
  listRows(count, 0)
  job.listStep = listStep()
  job.rows = count
  depthwise4x16(job, first, last16)
  depthwise4x4(job, last16, last4)
  depthwise4x1(job, last4, last)
}

function openJob(args: DepthwiseArgs): TileJob {
  const job = changetype<TileJob>(jobAddress())
  job.list = rowList()
  job.w = args.w
  job.tapOffsets = tapOffsets()
  job.bias = args.bias
  openEpilogue<DepthwiseArgs>(job, args, 0)
  return job
}
