import type { Tensor } from '../core/ir/tensor.ts'
import type { DecodedImage } from './decode.ts'
import { channelsOf, type InputSpec } from './input-spec.ts'
import { Scratch } from './kernels/scratch.ts'
import { type Fit, type Placement, placeCrop, type Visible, visiblePart } from './placement.ts'
import { type Box, type Raster, type ResizeKernel, resample } from './resample.ts'
import { sharp } from './sharp.ts'

export { COLOR_ORDERS, type ColorOrder, type InputSpec } from './input-spec.ts'

/** How a picture meets the model, where that is not left to the card. */
export interface FitOverrides {
  /** default `cover` */
  readonly fit?: Fit | undefined
  /** (0,1]; default the card's for `cover`, 1 for `contain` and `fill` */
  readonly crop?: number | undefined
}

/** A model's input, and where in the image it lies. */
export interface Preprocessed {
  /** (1,C,H,W), float32 */
  readonly input: Tensor
  readonly placement: Placement
}

/** From this shrinking factor on, sharp first shrinks a side to 1.5 to 3 times the model's, off the main thread. */
const shrinkFrom = 3
const shrinkBy = (factor: number) => (factor < shrinkFrom ? 1 : Math.floor((2 * factor) / shrinkFrom))

/**
 * An image → (v − mean)/std as (1,C,H,W), and where in the image that input lies. Grey is ITU-R 601 luma; the bars
 * of `contain` have the mean colour: they are exactly 0. Bytes equal Pillow's up to a shrinking factor of 3. Throws
 * `RangeError` when mean or std do not have one number per channel.
 */
export async function preprocess(
  image: DecodedImage,
  spec: InputSpec,
  { fit = 'cover', crop = fit === 'cover' ? spec.crop : 1 }: FitOverrides = {},
): Promise<Preprocessed> {
  const channels = channelsOf(spec.color)
  for (const key of ['mean', 'std'] as const)
    if (spec[key].length !== channels)
      throw new RangeError(`expected ${channels} numbers for ${key}, got ${spec[key].length}`)

  const placement = placeCrop(image, spec, fit, crop)
  const visible = visiblePart(image, spec, placement)
  const { image: near, box } = await shrinkNear(rasterOf(image), visible, spec.resize)
  const source = channels === 1 ? toGray(near) : near
  const pixels = resample(source, box, visible.x1 - visible.x0, visible.y1 - visible.y0, spec.resize)
  return { input: normalise(pixels, visible, spec, channels), placement }
}

const rasterOf = ({ width, height, pixels }: DecodedImage): Raster => ({ width, height, channels: 3, pixels })

/** The visible part of a placement at the model's resolution: R,G,B bytes of (x1 − x0) × (y1 − y0) pixels. */
export async function cropPixels(image: DecodedImage, visible: Visible): Promise<Uint8Array> {
  const { image: near, box } = await shrinkNear(rasterOf(image), visible, 'bicubic')
  return resample(near, box, visible.x1 - visible.x0, visible.y1 - visible.y0, 'bicubic')
}

interface Part {
  readonly image: Raster
  readonly box: Box
}

/** The image and the visible box in it, sides that are much larger than the model's shrunk first. */
async function shrinkNear(
  image: Raster,
  { box, x0, x1, y0, y1 }: Visible,
  kernel: ResizeKernel,
): Promise<Part> {
  if (kernel === 'nearest') return { image, box }
  const across = shrinkBy(box.width / (x1 - x0))
  const down = shrinkBy(box.height / (y1 - y0))
  return across === 1 && down === 1 ? { image, box } : shrink(image, box, across, down)
}

/** The part of an image that holds `box`, `across` times narrower and `down` times lower; and the box in its pixels. */
async function shrink(image: Raster, box: Box, across: number, down: number): Promise<Part> {
  const left = Math.floor(box.left)
  const top = Math.floor(box.top)
  const part = {
    width: Math.min(image.width, Math.ceil(box.left + box.width)) - left,
    height: Math.min(image.height, Math.ceil(box.top + box.height)) - top,
  }
  const width = Math.ceil(part.width / across)
  const height = Math.ceil(part.height / down)
  const pixels = await sharp(image.pixels, { raw: { width: image.width, height: image.height, channels: 3 } })
    .extract({ left, top, ...part })
    .resize(width, height, { fit: 'fill', kernel: 'lanczos3' })
    .raw()
    .toBuffer()
  const x = width / part.width
  const y = height / part.height
  return {
    image: { width, height, channels: 3, pixels },
    box: {
      left: (box.left - left) * x,
      top: (box.top - top) * y,
      width: box.width * x,
      height: box.height * y,
    },
  }
}

/** ITU-R 601 luma, rounded, in 16-bit fixed point as Pillow does it. */
function toGray({ width, height, pixels }: Raster): Raster {
  const gray = new Uint8Array(width * height)
  for (let i = 0, at = 0; i < gray.length; i++, at += 3)
    gray[i] =
      (19595 * (pixels[at] ?? 0) + 38470 * (pixels[at + 1] ?? 0) + 7471 * (pixels[at + 2] ?? 0) + 0x8000) >>
      16
  return { width, height, channels: 1, pixels: gray }
}

function normalise(
  pixels: Uint8Array,
  { x0, x1, y0, y1 }: Visible,
  spec: InputSpec,
  channels: number,
): Tensor {
  const { width, height } = spec
  const order = Int32Array.from({ length: channels }, (_, c) => (spec.color === 'bgr' ? 2 - c : c))
  const tables = new Float32Array(256 * channels)
  for (let i = 0; i < tables.length; i++)
    tables[i] = ((i & 255) - (spec.mean[i >> 8] ?? 0)) / (spec.std[i >> 8] ?? 1)
  const length = channels * height * width
  const scratch = new Scratch()
  const [from, orderAt, tablesAt] = [scratch.place(pixels), scratch.place(order), scratch.place(tables)]
  const planes = scratch.room(4 * length)
  const numbers = scratch.floats(planes, length).fill(0)
  const [step, planeBytes] = [4 * width, 4 * height * width]
  const first = planes + y0 * step + 4 * x0
  scratch.kernels.planesOf(from, y1 - y0, x1 - x0, channels, orderAt, tablesAt, first, step, planeBytes)

  // in memory that threads share: it goes to one of them without a copy
  const data = new Float32Array(new SharedArrayBuffer(4 * length))
  data.set(numbers)
  return { shape: [1, channels, height, width], dtype: 'float', data }
}
