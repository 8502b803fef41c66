import { encodePicture } from '../encode.ts'
import type { Picture } from '../render.ts'
import { type Svg, svg } from './svg.ts'

/** Where something lies in a drawing. */
export interface Frame {
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
}

/** A picture inside a drawing. Its pixels keep hard edges, whatever their size. */
export async function image(picture: Picture, { left, top, width, height }: Frame): Promise<Svg> {
  const png = await encodePicture(picture, 'png')
  return svg`<image x="${left}" y="${top}" width="${width}" height="${height}" preserveAspectRatio="none" image-rendering="optimizeSpeed" href="data:image/png;base64,${png.toString('base64')}"/>`
}

/** A line around a frame, just outside. */
export const border = ({ left, top, width, height }: Frame): Svg =>
  svg`<rect x="${left - 0.5}" y="${top - 0.5}" width="${width + 1}" height="${height + 1}" fill="none" stroke="#aab2bd"/>`
