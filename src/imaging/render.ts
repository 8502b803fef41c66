import { setImmediate } from 'node:timers/promises'
import type { Tensor } from '../core/ir/tensor.ts'
import { type ColormapId, colormaps } from './colormap.ts'
import type { DecodedImage } from './decode.ts'
import { Painter, paletteOf } from './paint.ts'
import { type Placement, type Size, visiblePart } from './placement.ts'
import { blankPicture } from './ppm.ts'
import { cropPixels } from './preprocess.ts'
import type { Box } from './resample.ts'
import { sharp } from './sharp.ts'
import { strengthOf } from './strength.ts'
import { type ViewId, views } from './views/index.ts'

/** `image`: the whole photo, at most `maxSide` long; `model`: the model's crop at the model's resolution. */
export const PICTURE_SIZES = ['image', 'model'] as const
/** See `PICTURE_SIZES`. */
export type PictureSize = (typeof PICTURE_SIZES)[number]

/** How a map is drawn. Every option has a default. */
export interface RenderOptions {
  /** default `overlay` */
  readonly view?: ViewId | undefined
  /** default `turbo`; a diverging one shows the sign, the others |value| */
  readonly colormap?: ColormapId | undefined
  /** 0..1, default 0.7 (`mask`: 0.85; `heatmap` has none) */
  readonly opacity?: number | undefined
  /** default `image` */
  readonly size?: PictureSize | undefined
  /** longest side of a photo in the picture, pixels; default 1600 */
  readonly maxSide?: number | undefined
  /** σ of the smoothing as a part of the map's longer side, default 0.015; 0 shows the map as it is */
  readonly smoothing?: number | undefined
}

/** A saliency map and the photo that it is drawn on. */
export interface Explanation {
  /** (H,W) or (C,H,W), any scale, sign kept */
  readonly map: Tensor
  readonly image: DecodedImage
  /** where the model's input lies in the image */
  readonly placement: Placement
  /** the model's input size */
  readonly model: Size
}

/** R,G,B bytes, row by row. */
export interface Picture {
  readonly width: number
  readonly height: number
  readonly pixels: Uint8Array
  /** the same bytes in a PPM file, where they lie in one: an encoder takes it without a copy */
  readonly ppm?: Uint8Array
}

/** The photo behind the map, and where on it the map goes. */
interface Canvas extends Picture {
  readonly place: Box
}

/** A band of rows is painted at once; between two bands the event loop runs. */
const pixelsAtOnce = 200_000

/**
 * Draws a saliency map as a picture. The picture alone is smoothed and scaled (see `strengthOf`): a gradient is
 * speckled, and its outliers would leave the rest dark.
 */
export async function render(explanation: Explanation, options: RenderOptions = {}): Promise<Picture> {
  const { size = 'image', maxSide = 1600 } = options
  const view = views[options.view ?? 'overlay']
  const colormap = colormaps[options.colormap ?? 'turbo']
  const palette = paletteOf(view, colormap, options.opacity ?? view.opacity)

  const canvas = await (size === 'model' ? modelCanvas(explanation) : imageCanvas(explanation, maxSide))
  const sigma = sigmaOf(explanation.map, canvas.place, options)
  const strength = strengthOf(explanation.map, { signed: colormap.diverging, sigma })
  const { columns } = view
  const painter = new Painter(canvas, { strength, palette, place: canvas.place, columns })

  const { width, height } = canvas
  const line = width * 3
  const picture = blankPicture(width * columns, height)
  const rows = Math.ceil(pixelsAtOnce / width)
  for (let top = 0; top < height; top += rows) {
    if (top > 0) await setImmediate()
    const photo = canvas.pixels.subarray(top * line, Math.min(height, top + rows) * line)
    picture.pixels.set(painter.paint(photo, top), top * columns * line)
  }
  return picture
}

/** Smoothing in cells; more of it where the map is drawn smaller than it is, so that no cell falls between pixels. */
function sigmaOf(map: Tensor, place: Box, { smoothing = 0.015 }: RenderOptions): number {
  const [height = 1, width = 1] = map.shape.slice(-2)
  const shrinking = Math.max(width / place.width, height / place.height)
  return Math.max(smoothing * Math.max(width, height), shrinking > 1 ? shrinking / 2 : 0)
}

async function imageCanvas({ image, placement }: Explanation, maxSide: number): Promise<Canvas> {
  const scale = Math.min(1, maxSide / Math.max(image.width, image.height))
  if (scale === 1) return { ...image, place: placement }
  const width = Math.max(1, Math.round(image.width * scale))
  const height = Math.max(1, Math.round(image.height * scale))
  const pixels = await sharp(image.pixels, { raw: { width: image.width, height: image.height, channels: 3 } })
    .resize(width, height, { fit: 'fill' })
    .raw()
    .toBuffer()
  const x = width / image.width
  const y = height / image.height
  const { left, top, width: w, height: h } = placement
  return { width, height, pixels, place: { left: left * x, top: top * y, width: w * x, height: h * y } }
}

/** The crop as the model saw it; black where it overhangs the photo. */
async function modelCanvas({ image, placement, model }: Explanation): Promise<Canvas> {
  const { width, height } = model
  const visible = visiblePart(image, model, placement)
  const { x0, x1, y0, y1 } = visible
  const part = await cropPixels(image, visible)
  const pixels = new Uint8Array(width * height * 3)
  const across = (x1 - x0) * 3
  for (let y = y0, from = 0; y < y1; y++, from += across)
    pixels.set(part.subarray(from, from + across), (y * width + x0) * 3)
  return { width, height, pixels, place: { left: 0, top: 0, width, height } }
}
