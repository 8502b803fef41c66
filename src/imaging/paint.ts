import { type Axis, axisOf } from './axis.ts'
import type { Colormap } from './colormap.ts'
import { Scratch } from './kernels/scratch.ts'
import type { Size } from './placement.ts'
import type { Box } from './resample.ts'
import type { Strength } from './strength.ts'
import type { Ink, Rgb, View } from './view.ts'

/** Inks by level: 256 strengths from the colour map's first to its last, and then the one for the unseen. */
interface Palette {
  /** of each level 8 numbers: R,G,B of the ink by its share of 256, and ½ for rounding; and of the photo under it its share, thrice */
  readonly inks: Uint16Array
  /** level = offset + scale · strength */
  readonly offset: number
  readonly scale: number
}

/** The level of what is not seen. */
const UNSEEN = 256

/** What a view makes of each of a colour map's 256 colours. */
export function paletteOf(view: View, { table, diverging }: Colormap, opacity: number): Palette {
  const inks = new Uint16Array(8 * (UNSEEN + 1))
  const lay = (level: number, { color, share }: Ink) => {
    const part = Math.round(256 * share)
    for (let c = 0; c < 3; c++) {
      inks[8 * level + c] = (color[c] ?? 0) * part + 128
      inks[8 * level + 4 + c] = 256 - part
    }
  }
  for (let level = 0; level < UNSEEN; level++) {
    const color: Rgb = [table[3 * level] ?? 0, table[3 * level + 1] ?? 0, table[3 * level + 2] ?? 0]
    // the two middle levels of a diverging map both mean 0
    const strength = diverging ? Math.max(0, Math.abs(level - 127.5) - 0.5) / 127 : level / 255
    lay(level, view.ink(strength, color, opacity))
  }
  lay(UNSEEN, view.unseen(opacity))
  return {
    inks,
    offset: diverging ? 127.5 : 0,
    scale: diverging ? 127.5 : 255,
  }
}

interface Drawing {
  readonly strength: Strength
  readonly palette: Palette
  /** where on the photo the map goes */
  readonly place: Box
  /** pictures side by side, of which the map goes over the last */
  readonly columns: number
}

/** Lays a map over a photo, a band of rows at a time. */
export class Painter {
  readonly #drawing: Drawing
  readonly #columns: Axis
  readonly #rows: Axis
  readonly #places: Int32Array

  constructor({ width, height }: Size, drawing: Drawing) {
    const { strength, place } = drawing
    this.#drawing = drawing
    this.#columns = axisOf(width, place.left, place.width, strength.width)
    this.#rows = axisOf(height, place.top, place.height, strength.height)
    this.#places = placesOf(this.#columns)
  }

  /** The rows of the drawing whose photo has these R,G,B bytes, from row `top` on; valid until something else is drawn. */
  paint(photo: Uint8Array, top: number): Uint8Array {
    const { strength, palette, columns } = this.#drawing
    const { inks, offset, scale } = palette
    const { low, begin, end } = this.#columns
    const width = low.length
    const line = 3 * width
    const scratch = new Scratch()
    const { kernels } = scratch
    const map = scratch.place(strength.values)
    const table = scratch.place(inks)
    const places = scratch.place(this.#places)
    const between = scratch.room(4 * strength.width)
    const unseen = scratch.place(new Float32Array(width).fill(Number.NaN))
    const seen = scratch.place(new Float32Array(width).fill(Number.NaN))
    const from = scratch.place(photo)
    const to = scratch.room(columns * photo.length)
    for (let y = top, row = 0, at = to; row < photo.length; y++, row += line, at += line) {
      for (let column = 1; column < columns; column++, at += line)
        scratch.write(at, photo.subarray(row, row + line))
      const isSeen = y >= this.#rows.begin && y < this.#rows.end
      if (isSeen) {
        const upper = map + 4 * strength.width * (this.#rows.low[y] ?? 0)
        const lower = map + 4 * strength.width * (this.#rows.high[y] ?? 0)
        const down = this.#rows.share[y] ?? 0
        kernels.sampleRow(upper, lower, down, strength.width, between, places, end - begin, seen + 4 * begin)
      }
      kernels.paintRow(from + row, isSeen ? seen : unseen, width, table, offset, scale, at)
    }
    return scratch.bytes(to, columns * photo.length)
  }
}

/** For the positions in the map's place: the cell before, the one behind, the bits of its share. */
function placesOf({ low, high, share, begin, end }: Axis): Int32Array {
  const bits = new Int32Array(share.buffer)
  const places = new Int32Array(3 * (end - begin))
  for (let i = begin, at = 0; i < end; i++) {
    places[at++] = low[i] ?? 0
    places[at++] = high[i] ?? 0
    places[at++] = bits[i] ?? 0
  }
  return places
}
