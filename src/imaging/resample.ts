import { Scratch } from './kernels/scratch.ts'

/** A rectangle of an image in pixels; edges lie between pixels, so fractions are allowed. */
export interface Box {
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
}

/** Interleaved bytes, row by row: width × height × channels. */
export interface Raster {
  readonly width: number
  readonly height: number
  readonly channels: number
  readonly pixels: Uint8Array
}

interface Kernel {
  readonly support: number
  readonly weight: (x: number) => number
}

const sinc = (x: number) => (x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x))

/** Keys' cubic with a = −½ */
function cubic(x: number): number {
  const t = Math.abs(x)
  if (t < 1) return (1.5 * t - 2.5) * t * t + 1
  return t < 2 ? ((-0.5 * t + 2.5) * t - 4) * t + 2 : 0
}

const resizeKernels = {
  box: { support: 0.5, weight: (x) => (x > -0.5 && x <= 0.5 ? 1 : 0) },
  bilinear: { support: 1, weight: (x) => Math.max(0, 1 - Math.abs(x)) },
  bicubic: { support: 2, weight: cubic },
  lanczos3: { support: 3, weight: (x) => (Math.abs(x) < 3 ? sinc(x) * sinc(x / 3) : 0) },
} satisfies Record<string, Kernel>

/** Ways of resizing, by the names that cards give them. */
export const RESIZE_KERNELS = ['nearest', 'box', 'bilinear', 'bicubic', 'lanczos3'] as const
/** See `RESIZE_KERNELS`. */
export type ResizeKernel = (typeof RESIZE_KERNELS)[number]

/** For each output position the source indices [first, first + count) and their weights, at `at` in `weights`. */
interface Taps {
  readonly first: Int32Array
  readonly count: Int32Array
  readonly stride: number
  /** fixed point, `precision` bits */
  readonly weights: Int32Array
}

const precision = 22

/** Widened kernels when shrinking (antialiasing), edges renormalised. `start` and `length` select a part of the source. */
function tapsOf(kernel: Kernel, size: number, start: number, length: number, out: number): Taps {
  const scale = length / out
  const widening = Math.max(1, scale)
  const reach = kernel.support * widening
  const stride = Math.ceil(reach) * 2 + 1
  const first = new Int32Array(out)
  const count = new Int32Array(out)
  const weights = new Int32Array(out * stride)
  const exact = new Float64Array(stride)
  for (let i = 0; i < out; i++) {
    const centre = start + (i + 0.5) * scale
    const from = Math.max(0, Math.trunc(centre - reach + 0.5))
    const to = Math.min(size, Math.trunc(centre + reach + 0.5))
    let sum = 0
    for (let x = from; x < to; x++) sum += exact[x - from] = kernel.weight((x - centre + 0.5) / widening)
    for (let x = from; x < to; x++) {
      const weight = ((exact[x - from] ?? 0) / sum) * 2 ** precision
      weights[i * stride + x - from] = Math.trunc(weight + (weight < 0 ? -0.5 : 0.5))
    }
    first[i] = from
    count[i] = to - from
  }
  return { first, count, stride, weights }
}

function nearest(image: Raster, box: Box, width: number, height: number): Uint8Array {
  const { channels, pixels } = image
  const target = new Uint8Array(width * height * channels)
  const source = (i: number, start: number, length: number, out: number, size: number) =>
    Math.min(size - 1, Math.max(0, Math.floor(start + ((i + 0.5) * length) / out)))
  let at = 0
  for (let y = 0; y < height; y++) {
    const row = source(y, box.top, box.height, height, image.height) * image.width
    for (let x = 0; x < width; x++) {
      const from = (row + source(x, box.left, box.width, width, image.width)) * channels
      for (let c = 0; c < channels; c++) target[at++] = pixels[from + c] ?? 0
    }
  }
  return target
}

/**
 * The part `box` of an image, resized to width × height: bytes in, bytes out, in the arithmetic of Pillow's
 * `resize(size, kernel, box)` (antialiased, half-pixel centres, 22-bit weights, a rounding between the two passes), so that
 * a model sees here what it saw in training. The box must lie inside the image. A box of the same size copies.
 */
export function resample(
  image: Raster,
  box: Box,
  width: number,
  height: number,
  kernel: ResizeKernel,
): Uint8Array {
  if (kernel === 'nearest') return nearest(image, box, width, height)
  const columns = tapsOf(resizeKernels[kernel], image.width, box.left, box.width, width)
  const rows = tapsOf(resizeKernels[kernel], image.height, box.top, box.height, height)
  return combine(image, columns, rows)
}

/** Of the source, that go through the kernels' memory together. */
const BYTES_AT_ONCE = 1 << 17

/** Each pixel of the target a weighted sum of its neighbours sideways, and then of those above and below. */
function combine({ width, channels, pixels }: Raster, columns: Taps, rows: Taps): Uint8Array {
  const [left, right] = reachOf(columns)
  const [top, bottom] = reachOf(rows)
  const step = (right - left) * channels
  const rowsAtOnce = Math.max(1, Math.floor(BYTES_AT_ONCE / step))
  const across = columns.first.length
  const length = across * channels
  const scratch = new Scratch()
  const { kernels } = scratch
  const first = scratch.place(columns.first.map((column) => column - left))
  const count = scratch.place(columns.count)
  const columnWeights = scratch.place(columns.weights)
  const rowWeights = scratch.place(rows.weights)
  const source = scratch.room(rowsAtOnce * step)
  const between = scratch.room((bottom - top) * length)
  const target = scratch.room(rows.first.length * length)
  const held = scratch.bytes(source, rowsAtOnce * step)

  for (let y = top; y < bottom; y += rowsAtOnce) {
    const lines = Math.min(rowsAtOnce, bottom - y)
    for (let row = 0; row < lines; row++) {
      const at = ((y + row) * width + left) * channels
      held.set(pixels.subarray(at, at + step), row * step)
    }
    const to = between + (y - top) * length
    kernels.sumColumns(source, step, lines, channels, first, count, columnWeights, columns.stride, across, to)
  }
  rows.first.forEach((row, i) => {
    const from = between + (row - top) * length
    const weights = rowWeights + i * rows.stride * rows.weights.BYTES_PER_ELEMENT
    kernels.sumRows(from, rows.count[i] ?? 0, weights, length, target + i * length)
  })
  return scratch.bytes(target, rows.first.length * length).slice()
}

/** The source indices [begin, end) that any output position reads: later ones begin and end no earlier. */
function reachOf({ first, count }: Taps): readonly [begin: number, end: number] {
  const last = first.length - 1
  return [first[0] ?? 0, (first[last] ?? 0) + (count[last] ?? 0)]
}
