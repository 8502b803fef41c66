import type { Colormap } from './colormap.ts'
import type { Rgb, View } from './view.ts'

/** Inks by level: 256 strengths from the colour map's first to its last, and then the one for the unseen. */
interface Palette {
  /** of the photo under each ink, 0..256 */
  readonly rests: Uint16Array
  /** R,G,B of each ink by its share of 256, and ½ for rounding */
  readonly inks: Uint16Array
  /** level = offset + scale · strength */
  readonly offset: number
  readonly scale: number
}

const unseen = 256

/** What a view makes of each of a colour map's 256 colours. */
export function paletteOf(view: View, { table, diverging }: Colormap, opacity: number): Palette {
  const inks = Array.from({ length: 256 }, (_, level) => {
    const color: Rgb = [table[3 * level] ?? 0, table[3 * level + 1] ?? 0, table[3 * level + 2] ?? 0]
    // the two middle levels of a diverging map both mean 0
    const strength = diverging ? Math.max(0, Math.abs(level - 127.5) - 0.5) / 127 : level / 255
    return view.ink(strength, color, opacity)
  })
  inks.push(view.unseen(opacity))
  const shares = inks.map(({ share }) => Math.round(256 * share))
  return {
    rests: Uint16Array.from(shares, (share) => 256 - share),
    inks: Uint16Array.from(
      inks.flatMap(({ color }, level) => color.map((value) => value * (shares[level] ?? 0) + 128)),
    ),
    offset: diverging ? 127.5 : 0,
    scale: diverging ? 127.5 : 255,
  }
}

/** Lays the inks of a row's strengths (NaN: unseen) over the photo's R,G,B bytes. */
export function paintRow(
  photo: Uint8Array,
  strengths: Float32Array,
  palette: Palette,
  out: Uint8Array,
): void {
  const { rests, inks, offset, scale } = palette
  for (let x = 0, at = 0; x < strengths.length; x++, at += 3) {
    const strength = strengths[x] ?? 0
    const level = strength >= -1 ? (offset + scale * strength + 0.5) | 0 : unseen
    const rest = rests[level] ?? 0
    const ink = level * 3
    out[at] = ((photo[at] ?? 0) * rest + (inks[ink] ?? 0)) >> 8
    out[at + 1] = ((photo[at + 1] ?? 0) * rest + (inks[ink + 1] ?? 0)) >> 8
    out[at + 2] = ((photo[at + 2] ?? 0) * rest + (inks[ink + 2] ?? 0)) >> 8
  }
}
