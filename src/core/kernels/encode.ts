import { CoreError } from '../errors.ts'
import { kernelLayouts } from './layout.ts'
import { type KernelArgs, type KernelName, kernelNames } from './list.ts'
import { checkPicture, isPictureKernel } from './picture-room.ts'
import { type Cut, cutOf } from './units.ts'

/** Scratch memory that each instance of the module needs, bytes: its own, 64-byte aligned. See `setScratch`. */
export const SCRATCH_BYTES = 8_840_320
/** Taps of a window, at most: the list of a row tile's input rows lies in the scratch memory. */
export const MAX_TAPS = 8192
/** Channels that kernel `winograd` reads, at most: the block's tiles lie in the scratch memory. */
export const MAX_WINOGRAD_CHANNELS = 1024
/** Rows of 16 that a column tile of turned weights has in kernel `conv`, at most: it lies in the scratch memory. */
export const MAX_TURNED_ROWS = 5120
/** Channels of a padded input, at most: padding is read from as many zeros. */
export const MAX_PADDED_CHANNELS = 16384

/**
 * A call's arguments as words for the memory, to be written at a 4-byte aligned address: f32 bits or i32.
 * @throws CoreError `graph` for what a kernel does not take, `unsupported` beyond MAX_TAPS, MAX_WINOGRAD_CHANNELS, MAX_TURNED_ROWS or MAX_PADDED_CHANNELS, or when a picture's
 * window has no room in the scratch memory
 */
export function encodeArgs<K extends KernelName>(
  kernel: K,
  args: KernelArgs[K],
  { rowsPerUnit, columnsPerUnit }: Cut = cutOf(kernel, args),
): Int32Array {
  const { fields, words } = kernelLayouts[kernel]
  const view = new DataView(new ArrayBuffer(words * 4))
  if (kernel === 'conv') checkConv(args as KernelArgs['conv'])
  if (kernel === 'narrow')
    checkWindow(kernel, args as KernelArgs['narrow'], (args as KernelArgs['narrow']).channels)
  if (kernel === 'depthwise') checkDepthwise(args as KernelArgs['depthwise'])
  if (kernel === 'winograd') checkWinograd(args as KernelArgs['winograd'])
  if (isPictureKernel(kernel)) checkPicture(kernel, args as KernelArgs[typeof kernel])
  const values: Record<string, number | readonly number[]> = { ...args, rowsPerUnit, columnsPerUnit }
  for (const { name, type, word, count } of fields) {
    const value = values[name]
    for (let i = 0; i < count; i++) {
      const element = typeof value === 'number' ? value : value?.[i]
      if (element === undefined)
        throw new CoreError('graph', `${kernel}: argument ${name} has no element ${i}`)
      if (type === 'f32') view.setFloat32((word + i) * 4, element, true)
      else view.setInt32((word + i) * 4, element, true)
    }
  }
  return new Int32Array(view.buffer)
}

/** A call as plans hold it: the kernel's id, its arguments, its units. */
export interface EncodedCall {
  readonly kernel: number
  readonly words: Int32Array
  readonly units: number
}

/** Throws as `encodeArgs`. */
export function encodeCall<K extends KernelName>(kernel: K, args: KernelArgs[K]): EncodedCall {
  const cut = cutOf(kernel, args)
  return { kernel: kernelNames.indexOf(kernel), words: encodeArgs(kernel, args, cut), units: cut.units }
}

function checkConv(args: KernelArgs['conv']): void {
  checkWindow('conv', args, args.groups * args.inPerGroup)
  if (args.sparse && (args.groups !== 1 || args.inPerGroup % 8 !== 0))
    throw new CoreError('graph', 'conv: zeros are looked for in one group of a multiple of 8 channels')
  const rows = args.kernelH * args.kernelW * args.inPerGroup
  if (args.turned && rows > MAX_TURNED_ROWS)
    throw new CoreError('unsupported', `conv: ${rows} rows of turned weights, at most ${MAX_TURNED_ROWS}`)
}

function checkWinograd({ channels }: KernelArgs['winograd']): void {
  if (channels > MAX_WINOGRAD_CHANNELS)
    throw new CoreError('unsupported', `winograd: ${channels} channels, at most ${MAX_WINOGRAD_CHANNELS}`)
}

function checkDepthwise(args: KernelArgs['depthwise']): void {
  checkWindow('depthwise', args, args.channels)
}

function checkWindow(
  kernel: string,
  args: KernelArgs['conv' | 'narrow' | 'depthwise'],
  channels: number,
): void {
  const taps = args.kernelH * args.kernelW
  if (taps > MAX_TAPS)
    throw new CoreError('unsupported', `${kernel}: a window of ${taps} taps, at most ${MAX_TAPS}`)
  if (channels > MAX_PADDED_CHANNELS && leavesInput(args))
    throw new CoreError(
      'unsupported',
      `${kernel}: padding of ${channels} channels, at most ${MAX_PADDED_CHANNELS}`,
    )
}

/** Whether any window reads outside the input. */
function leavesInput(args: KernelArgs['conv' | 'narrow' | 'depthwise']): boolean {
  if (args.transposed) return args.kernelH * args.kernelW > 1
  const end = (out: number, stride: number, pad: number, kernel: number, dilation: number) =>
    (out - 1) * stride - pad + (kernel - 1) * dilation
  return (
    args.padTop > 0 ||
    args.padLeft > 0 ||
    end(args.outH, args.strideH, args.padTop, args.kernelH, args.dilationH) >= args.inH ||
    end(args.outW, args.strideW, args.padLeft, args.kernelW, args.dilationW) >= args.inW
  )
}
