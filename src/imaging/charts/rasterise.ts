import { setImmediate } from 'node:timers/promises'
import { Resvg, renderAsync } from '@resvg/resvg-js'
import type { Picture } from '../render.ts'
import { FAMILY, fontOf } from './font.ts'
import { type Svg, svg } from './svg.ts'

/** A drawing and its sides in its own units. */
export interface Drawing {
  readonly width: number
  readonly height: number
  readonly body: Svg
}

/** The drawing as an SVG file on white. */
const fileOf = ({ width, height, body }: Drawing): string =>
  svg`<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="${FAMILY}">
<rect width="${width}" height="${height}" fill="#fff"/>
${body}
</svg>`.markup

/** Between two bands of so many pixels the event loop runs. */
const pixelsAtOnce = 1_000_000

/**
 * A drawing as pixels, `scale` of them a unit. The same bytes on every machine, whatever fonts it has. Drawn on another
 * thread.
 */
export async function rasterise(drawing: Drawing, scale = 1): Promise<Picture> {
  const image = await renderAsync(fileOf(drawing), {
    font: fontOf(400, 600),
    fitTo: { mode: 'zoom', value: scale },
    logLevel: 'off',
  })
  const { width, height, pixels: rgba } = image
  const pixels = new Uint8Array(width * height * 3)
  for (let i = 0; i < width * height; i++) {
    if (i % pixelsAtOnce === 0 && i > 0) await setImmediate()
    // the background is opaque, and so is all the rest
    pixels[3 * i] = rgba[4 * i] ?? 0
    pixels[3 * i + 1] = rgba[4 * i + 1] ?? 0
    pixels[3 * i + 2] = rgba[4 * i + 2] ?? 0
  }
  return { width, height, pixels }
}

/**
 * A drawing as an SVG file that looks the same everywhere: its letters are outlines, so that no font is needed where it is
 * shown. `title`: what it shows, in words.
 */
export function outlined(drawing: Drawing, title: string): string {
  const file = new Resvg(fileOf(drawing), { font: fontOf(400, 600), logLevel: 'off' }).toString()
  const [head = ''] = file.match(/^<svg[^>]*>/) ?? []
  return `${head.replace(/>$/, ' role="img">')}${svg`<title>${title}</title>`.markup}${tight(file.slice(head.length))}\n`
}

/** Without what no picture shows: indentation, and digits below a thousandth of a unit. */
const tight = (markup: string): string =>
  markup
    .replace(/\n\s*/g, '')
    .replace(/ d="[^"]*"/g, (path) => path.replace(/\.\d{4,}/g, (digits) => digits.slice(0, 4)))
