import type { Box } from './resample.ts'

/** How an image of another shape meets the model's: cut, padded or squeezed. */
export const FITS = ['cover', 'contain', 'fill'] as const
/** See `FITS`. */
export type Fit = (typeof FITS)[number]

/** In pixels. */
export interface Size {
  readonly width: number
  readonly height: number
}

/** Where the model's input lies in the image, in pixels: its top left corner and size, fractions and overhang allowed. */
export type Placement = Box

/** The part of the image that a placement shows, and the pixels [x0, x1) × [y0, y1) of the model's input that show it. */
export interface Visible {
  readonly box: Box
  readonly x0: number
  readonly x1: number
  readonly y0: number
  readonly y1: number
}

/** The region of the image that becomes the model's input, before an overhang is rounded. */
function region(image: Size, model: Size, fit: Fit, crop: number): Size {
  if (fit === 'fill') return { width: image.width * crop, height: image.height * crop }
  const across = image.width / model.width
  const down = image.height / model.height
  const pixel = (fit === 'cover' ? Math.min(across, down) : Math.max(across, down)) * crop
  return { width: model.width * pixel, height: model.height * pixel }
}

/** One axis of a centred placement; where it overhangs, the image spans whole pixels of the model, at least one. */
function centre(image: number, model: number, length: number): readonly [start: number, length: number] {
  if (length <= image) return [(image - length) / 2, length]
  const shown = Math.max(1, Math.round((image / length) * model))
  const pixel = image / shown
  return [-Math.floor((model - shown) / 2) * pixel, model * pixel]
}

/**
 * Where the model's input lies. `cover`: the largest central region of the model's shape; `contain`: the smallest one
 * around the whole image, which then overhangs (letterbox); `fill`: the whole image, squeezed. `crop` in (0,1] shrinks the
 * region about its centre.
 */
export function placeCrop(image: Size, model: Size, fit: Fit, crop: number): Placement {
  const size = region(image, model, fit, crop)
  const [left, width] = centre(image.width, model.width, size.width)
  const [top, height] = centre(image.height, model.height, size.height)
  return { left, top, width, height }
}

function visibleSpan(image: number, model: number, start: number, length: number) {
  const pixel = length / model
  const end = start + length
  return {
    start: Math.max(0, start),
    length: Math.min(image, end) - Math.max(0, start),
    from: start < 0 ? Math.round(-start / pixel) : 0,
    to: end > image ? Math.round((image - start) / pixel) : model,
  }
}

/** What of the image a placement shows, and where. */
export function visiblePart(image: Size, model: Size, { left, top, width, height }: Placement): Visible {
  const h = visibleSpan(image.width, model.width, left, width)
  const v = visibleSpan(image.height, model.height, top, height)
  return {
    box: { left: h.start, top: v.start, width: h.length, height: v.length },
    x0: h.from,
    x1: h.to,
    y0: v.from,
    y1: v.to,
  }
}
