import { setImmediate } from 'node:timers/promises'
import type { Tensor } from '../core/ir/tensor.ts'
import { type ColormapId, colormaps } from './colormap.ts'
import type { DecodedImage } from './decode.ts'
import { type Placement, type Size, visiblePart } from './placement.ts'
import { cut } from './preprocess.ts'
import type { Box } from './resample.ts'
import { sharp } from './sharp.ts'
import { type Strength, strengthOf } from './strength.ts'
import type { Paint, View } from './view.ts'
import { heatmap } from './views/heatmap.ts'
import { mask } from './views/mask.ts'
import { overlay } from './views/overlay.ts'
import { sideBySide } from './views/side-by-side.ts'

export const VIEW_IDS = ['overlay', 'heatmap', 'side-by-side', 'mask'] as const
export type ViewId = (typeof VIEW_IDS)[number]

const views: Readonly<Record<ViewId, View>> = { overlay, heatmap, 'side-by-side': sideBySide, mask }

/** `image`: the whole photo, at most `maxSide` long; `model`: the model's crop at the model's resolution. */
export const PICTURE_SIZES = ['image', 'model'] as const
export type PictureSize = (typeof PICTURE_SIZES)[number]

export interface RenderOptions {
  /** default `overlay` */
  readonly view?: ViewId | undefined
  /** default `turbo`; a diverging one shows the sign, the others |value| */
  readonly colormap?: ColormapId | undefined
  /** 0..1, default 0.7 (`mask`: 0.85) */
  readonly opacity?: number | undefined
  /** default `image` */
  readonly size?: PictureSize | undefined
  /** longest side of a photo in the picture, pixels; default 1600 */
  readonly maxSide?: number | undefined
  /** how the cells of a coarse map are filled; default `bilinear` */
  readonly interpolation?: 'bilinear' | 'nearest' | undefined
  /** σ of the smoothing as a part of the map's longer side, default 0.015; 0 shows the map as it is */
  readonly smoothing?: number | undefined
}

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
}

/** The photo behind the map, and where on it the map goes. */
interface Canvas extends Picture {
  readonly place: Box
}

const rowsAtOnce = (width: number) => Math.max(1, Math.round(200_000 / width))

/**
 * Draws a saliency map as a picture. The picture alone is smoothed and scaled (see `strengthOf`): a gradient is
 * speckled, and its outliers would leave the rest dark. Rows are painted in bands, between which the event loop runs.
 */
export async function render(explanation: Explanation, options: RenderOptions = {}): Promise<Picture> {
  const view = views[options.view ?? 'overlay']
  const { table, diverging } = colormaps[options.colormap ?? 'turbo']
  const opacity = options.opacity ?? (options.view === 'mask' ? 0.85 : 0.7)
  const paint: Paint = { table, diverging, opacity }

  const canvas = await (options.size === 'model' ? modelCanvas(explanation) : imageCanvas(explanation, options.maxSide ?? 1600))
  const strength = strengthOf(explanation.map, { signed: diverging, sigma: sigmaOf(explanation.map, canvas.place, options) })
  const sampler = options.interpolation === 'nearest' ? nearestRow : bilinearRow

  const { width, height } = canvas
  const pixels = new Uint8Array(width * view.columns * height * 3)
  const row = new Float32Array(width)
  for (let y = 0; y < height; y++) {
    if (y > 0 && y % rowsAtOnce(width) === 0) await setImmediate()
    sampler(strength, canvas.place, y, row)
    const out = pixels.subarray(y * width * view.columns * 3, (y + 1) * width * view.columns * 3)
    view.paintRow({ photo: canvas.pixels.subarray(y * width * 3, (y + 1) * width * 3), strength: row, out }, paint)
  }
  return { width: width * view.columns, height, pixels }
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
  const part = await cut({ ...image, channels: 3 }, visible, 'bicubic')
  const pixels = new Uint8Array(width * height * 3)
  const across = (x1 - x0) * 3
  for (let y = y0, from = 0; y < y1; y++, from += across)
    pixels.set(part.subarray(from, from + across), (y * width + x0) * 3)
  return { width, height, pixels, place: { left: 0, top: 0, width, height } }
}

/** Where in the map (in cells, 0 = left edge) the centre of pixel `i` falls; NaN outside. */
const cellAt = (i: number, start: number, length: number, cells: number) => {
  const at = ((i + 0.5 - start) / length) * cells
  return at >= 0 && at < cells ? at : Number.NaN
}

function nearestRow({ values, width, height }: Strength, place: Box, y: number, row: Float32Array): void {
  const line = Math.floor(cellAt(y, place.top, place.height, height)) * width
  for (let x = 0; x < row.length; x++)
    row[x] = values[line + Math.floor(cellAt(x, place.left, place.width, width))] ?? Number.NaN
}

/** Half-pixel centres, edges repeated, as `resizeBilinear`. */
function bilinearRow({ values, width, height }: Strength, place: Box, y: number, row: Float32Array): void {
  const v = cellAt(y, place.top, place.height, height)
  if (Number.isNaN(v)) {
    row.fill(Number.NaN)
    return
  }
  const [upper, lower, down] = between(v, height)
  for (let x = 0; x < row.length; x++) {
    const u = cellAt(x, place.left, place.width, width)
    if (Number.isNaN(u)) {
      row[x] = u
      continue
    }
    const at = Math.min(width - 1, Math.max(0, u - 0.5))
    const left = Math.floor(at)
    const right = Math.min(width - 1, left + 1)
    const across = at - left
    const above = (values[upper * width + left] ?? 0) * (1 - across) + (values[upper * width + right] ?? 0) * across
    const below = (values[lower * width + left] ?? 0) * (1 - across) + (values[lower * width + right] ?? 0) * across
    row[x] = above * (1 - down) + below * down
  }
}

/** The two cells around a position, and the share of the second. */
function between(position: number, cells: number): readonly [number, number, number] {
  const at = Math.min(cells - 1, Math.max(0, position - 0.5))
  const low = Math.floor(at)
  return [low, Math.min(cells - 1, low + 1), at - low]
}
