import { TileJob } from './tile-job'

/** What a tile does before its store, as the call says; from the output channel at byte `firstColumn` on. */
export function openEpilogue<Args>(job: TileJob, args: Args, firstColumn: usize): void {
  job.out = args.out + firstColumn
  job.addend = args.addend ? args.addend + firstColumn : 0
  job.clampMin = args.clampMin
  job.clampMax = args.clampMax
  job.gate = args.gate ? args.gate + firstColumn : 0
  job.gateMin = args.gateMin
  job.gateMax = args.gateMax
  job.gateBits = args.gateBits ? args.gateBits + (firstColumn >> 5) : 0
  job.maskBits = args.maskBits ? args.maskBits + (firstColumn >> 5) : 0
}

/** Bare sums: nothing added, clamped or gated. */
export function openSums(job: TileJob, out: usize): void {
  job.out = out
  job.addend = 0
  job.clampMin = -Infinity
  job.clampMax = Infinity
  job.gate = 0
  job.gateBits = 0
  job.maskBits = 0
}
