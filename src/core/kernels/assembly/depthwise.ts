import { DepthwiseArgs, WindowArgs } from './generated/args'
import { depthwise4x1, depthwise4x4, depthwise4x16 } from './generated/tiles'
import { jobAddress, rowList, tapOffsets } from './scratch'
import { TileJob } from './tile-job'
import { columnBegin, columnEnd, openUnit, rowBegin, rowEnd } from './unit'
import { blockRows, listRows, listStep, openPhase, openWindow, phases, phaseTaps } from './window'

/** Rows are output pixels, phase after phase; columns are channels. */
export function depthwiseKernel(pointer: usize, unit: i32): void {
  const args = changetype<DepthwiseArgs>(pointer)
  const window = changetype<WindowArgs>(pointer)
  const pixelBytes = args.channels * 4
  openUnit(unit, args.batch * args.outH * args.outW, args.channels, args.rowsPerUnit, args.columnsPerUnit)
  const transposed = args.transposed != 0
  openWindow(window, transposed, pixelBytes, pixelBytes)
  const job = openJob(args)
  const begin: usize = columnBegin * 4
  const end: usize = columnEnd * 4
  const end16 = begin + ((end - begin) & ~63)
  const end4 = begin + ((end - begin) & ~15)
  let phaseBegin = 0
  for (let phase = 0; phase < phases() && phaseBegin < rowEnd; phase++) {
    const rows = openPhase(window, transposed, phase, pixelBytes)
    const last = min(rowEnd - phaseBegin, rows)
    job.taps = phaseTaps()
    for (let row = max(0, rowBegin - phaseBegin); row < last; row += blockRows()) {
      const count = min(blockRows(), last - row)
      listRows(row, count)
      job.listStep = listStep()
      job.rows = count
      depthwise4x16(job, begin, end16)
      depthwise4x4(job, end16, end4)
      depthwise4x1(job, end4, end)
    }
    phaseBegin += rows
  }
}

function openJob(args: DepthwiseArgs): TileJob {
  const job = changetype<TileJob>(jobAddress())
  job.list = rowList()
  job.w = args.w
  job.tapOffsets = tapOffsets()
  job.bias = args.bias
  job.out = args.out
  job.addend = args.addend
  job.clampMin = args.clampMin
  job.clampMax = args.clampMax
  job.gate = args.gate
  job.gateMin = args.gateMin
  job.gateMax = args.gateMax
  return job
}
