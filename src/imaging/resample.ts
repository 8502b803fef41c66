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

const kernels = {
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
  // a multiple of 3: the unused last weights are 0
  const stride = Math.ceil((Math.ceil(reach) * 2 + 1) / 3) * 3
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

const half = 1 << (precision - 1)
const toByte = (sum: number) => Math.min(255, Math.max(0, sum >> precision))

/** Each row of the target as a weighted sum of rows of the source, both `step` bytes long; three source rows at a time. */
function combineRows(source: Uint8Array, taps: Taps, step: number): Uint8Array {
  const { first, count, stride, weights } = taps
  const target = new Uint8Array(first.length * step)
  const sums = new Int32Array(step)
  for (let i = 0; i < first.length; i++) {
    sums.fill(half)
    const rows = count[i] ?? 0
    for (let t = 0; t < rows; t += 3) {
      const p = ((first[i] ?? 0) + t) * step
      const q = t + 1 < rows ? p + step : p
      const r = t + 2 < rows ? q + step : p
      const a = weights[i * stride + t] ?? 0
      const b = weights[i * stride + t + 1] ?? 0
      const c = weights[i * stride + t + 2] ?? 0
      for (let j = 0; j < step; j++)
        sums[j] =
          (sums[j] ?? 0) +
          Math.imul(source[p + j] ?? 0, a) +
          Math.imul(source[q + j] ?? 0, b) +
          Math.imul(source[r + j] ?? 0, c)
    }
    const row = i * step
    for (let j = 0; j < step; j++) target[row + j] = toByte(sums[j] ?? 0)
  }
  return target
}

/** Rows [top, bottom) of an image of 1 or 3 channels, each pixel of the target a weighted sum of its neighbours sideways. */
function combineColumns(
  { width, channels, pixels }: Raster,
  taps: Taps,
  top: number,
  bottom: number,
): Uint8Array {
  const { first, count, stride, weights } = taps
  const target = new Uint8Array((bottom - top) * first.length * channels)
  for (let y = top, to = 0; y < bottom; y++)
    for (let x = 0; x < first.length; x++) {
      let from = (y * width + (first[x] ?? 0)) * channels
      let red = half
      let green = half
      let blue = half
      const end = x * stride + (count[x] ?? 0)
      for (let t = x * stride; t < end; t++, from += channels) {
        const weight = weights[t] ?? 0
        red += Math.imul(pixels[from] ?? 0, weight)
        if (channels === 1) continue
        green += Math.imul(pixels[from + 1] ?? 0, weight)
        blue += Math.imul(pixels[from + 2] ?? 0, weight)
      }
      target[to++] = toByte(red)
      if (channels === 1) continue
      target[to++] = toByte(green)
      target[to++] = toByte(blue)
    }
  return target
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
  const { channels } = image
  const columns = tapsOf(kernels[kernel], image.width, box.left, box.width, width)
  const rows = tapsOf(kernels[kernel], image.height, box.top, box.height, height)
  const top = rows.first[0] ?? 0
  const bottom = (rows.first[height - 1] ?? 0) + (rows.count[height - 1] ?? 0)

  const between = combineColumns(image, columns, top, bottom)
  return combineRows(between, { ...rows, first: rows.first.map((row) => row - top) }, width * channels)
}
