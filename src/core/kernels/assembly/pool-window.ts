import { PoolArgs } from './generated/args'

export const MAX: i32 = 0
export const AVERAGE_PADDED: i32 = 2

/** First tap inside the input, on one axis whose window begins at `start`. */
// @ts-ignore: decorator
@inline
export function firstTap(start: i32, dilation: i32): i32 {
  return start < 0 ? (dilation - 1 - start) / dilation : 0
}

/** The tap after the last one before `length`. */
// @ts-ignore: decorator
@inline
export function endTap(start: i32, dilation: i32, taps: i32, length: i32): i32 {
  if (start >= length) return 0
  return min(taps, (length - 1 - start) / dilation + 1)
}

/** 1 / the number of taps that an average counts. */
export function averageScale(args: PoolArgs, startY: i32, startX: i32, inside: i32): f32 {
  if (args.mode != AVERAGE_PADDED) return 1 / <f32>max(inside, 1)
  const rows = endTap(startY, args.dilationH, args.kernelH, args.inH + args.padBottom)
  const columns = endTap(startX, args.dilationW, args.kernelW, args.inW + args.padRight)
  return 1 / <f32>max(rows * columns, 1)
}
