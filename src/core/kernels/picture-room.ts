import { CoreError } from '../errors.ts'
import type { KernelArgs, KernelName } from './list.ts'

/*
 * Which windows the kernels for pictures take: what they lay out in the scratch memory, as in assembly/.
 */

/** At most what assembly/scratch.ts has. */
const PICTURE_BYTES = 2_438_528
/** Rows that are reached at once, at most, and columns of a tile. */
const MAX_ROWS = 2048
const MAX_COLUMNS = 16_384

type PictureKernel = 'separable' | 'correlate' | 'correlateCast' | 'box' | 'rank' | 'extreme' | 'bilateral'
type Picture = KernelArgs[PictureKernel]

/** Bytes of so many rows of the smallest block of columns, in assembly/picture.ts. */
const rowsBytes = (a: Picture, rows: number): number =>
  8 * MAX_ROWS + 4 * (1 + rows) * (16 + (a.kernelW - 1) * a.channels + a.channels + 2 * 64)
const foldBytes = (a: Picture): number => rowsBytes(a, a.kernelH + 4)

/** What each kernel needs for a window, at least. */
const needs: { readonly [K in PictureKernel]: (args: Picture) => number } = {
  separable: (a) => rowsBytes(a, a.kernelH + 8),
  correlate: (a) => rowsBytes(a, a.kernelH + 3) + 12 * a.kernelH * a.kernelW + 64,
  correlateCast: (a) => rowsBytes(a, a.kernelH + 1) + 16 * a.kernelH * a.kernelW + 64,
  box: foldBytes,
  extreme: foldBytes,
  rank: (a) => 17 * (a.kernelH * a.kernelW + 512) + 4 * MAX_COLUMNS + 3 * 4 * 2048,
  bilateral: (a) =>
    4 * (MAX_ROWS + MAX_COLUMNS) +
    4 * MAX_ROWS +
    1024 * (a.channels + 2) +
    4 * a.kernelH * a.channels * (a.kernelW + 24),
}

export const isPictureKernel = (kernel: KernelName): kernel is PictureKernel => kernel in needs

/** @throws CoreError `unsupported` when the window has no room in the scratch memory */
export function checkPicture(kernel: PictureKernel, args: Picture): void {
  const fits =
    args.kernelH + 3 <= MAX_ROWS && args.kernelW + 256 <= MAX_COLUMNS && needs[kernel](args) <= PICTURE_BYTES
  if (!fits)
    throw new CoreError(
      'unsupported',
      `${kernel}: a window of ${args.kernelH}×${args.kernelW} over ${args.channels} channels is too large`,
    )
}
