import { CoreError } from '../errors.ts'
import type { KernelArgs } from './list.ts'

/** As in assembly/scratch.ts and assembly/picture.ts: what a kernel for pictures may lay out, rows that it reaches at once. */
const PICTURE_BYTES = 2_438_528
const MAX_PICTURE_ROWS = 2048
const TAGS_BYTES = 4 * MAX_PICTURE_ROWS
const GRAIN = 64

/** The scratch memory that a kernel asks for. */
interface Room {
  /** of the picture, held at once */
  readonly rows: number
  /** the kernel's own rows and bytes */
  readonly ownRows: number
  readonly ownBytes: number
}

type Picture = KernelArgs['separable' | 'correlate' | 'box' | 'extreme']

const fold = (a: Picture): Room => ({ rows: 1, ownRows: a.kernelH + 3, ownBytes: 0 })

/** What each kernel asks for, at most. */
const rooms = {
  separable: (a) => ({ rows: a.kernelH + 3, ownRows: 5, ownBytes: 0 }),
  correlate: (a) => ({ rows: a.kernelH, ownRows: 1, ownBytes: 12 * a.kernelH * a.kernelW + 64 }),
  box: fold,
  extreme: fold,
} as const satisfies Record<string, (args: Picture) => Room>

/** @throws CoreError `unsupported` when not even the smallest block of columns has room in the scratch memory */
export function checkPicture(kernel: keyof typeof rooms, args: Picture): void {
  const { rows, ownRows, ownBytes } = rooms[kernel](args)
  const bytes = PICTURE_BYTES - 2 * TAGS_BYTES - ownBytes
  const rowFloats = Math.floor(bytes / 4 / (1 + rows + ownRows)) - 16
  if (rows > MAX_PICTURE_ROWS || rowFloats < args.kernelW * args.channels + 2 * GRAIN)
    throw new CoreError(
      'unsupported',
      `${kernel}: a window of ${args.kernelH}×${args.kernelW} over ${args.channels} channels is too large`,
    )
}
