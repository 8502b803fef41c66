import {
  interpolateCividis,
  interpolateInferno,
  interpolateMagma,
  interpolatePlasma,
  interpolateRdBu,
  interpolateTurbo,
  interpolateViridis,
} from 'd3-scale-chromatic'

/** 256 colours, R,G,B bytes. Sequential: from nothing to most. Diverging: from −most over 0 (entry 127/128) to +most. */
export interface Colormap {
  readonly diverging: boolean
  readonly table: Uint8Array
}

const grey = (t: number) => `rgb(${t * 255},${t * 255},${t * 255})`

/** A colour as d3 writes it, `rgb(1, 2, 3)` or `#010203`. */
function parseColor(text: string): readonly number[] {
  if (text.startsWith('#')) return [1, 3, 5].map((at) => Number.parseInt(text.slice(at, at + 2), 16))
  return (text.match(/[\d.]+/g) ?? []).map(Number)
}

const colormap = (color: (t: number) => string, diverging = false): Colormap => ({
  diverging,
  table: Uint8Array.from(
    Array.from({ length: 256 }, (_, i) => parseColor(color(i / 255)).slice(0, 3)).flat(),
    Math.round,
  ),
})

/** Colour maps by the names that `colormap=` takes. */
export const COLORMAP_IDS = [
  'turbo',
  'viridis',
  'magma',
  'inferno',
  'plasma',
  'cividis',
  'gray',
  'rdbu',
] as const
/** See `COLORMAP_IDS`. */
export type ColormapId = (typeof COLORMAP_IDS)[number]

/** From d3-scale-chromatic. `rdbu` runs from blue (against the class) over white to red (for it). */
export const colormaps: Readonly<Record<ColormapId, Colormap>> = {
  turbo: colormap(interpolateTurbo),
  viridis: colormap(interpolateViridis),
  magma: colormap(interpolateMagma),
  inferno: colormap(interpolateInferno),
  plasma: colormap(interpolatePlasma),
  cividis: colormap(interpolateCividis),
  gray: colormap(grey),
  rdbu: colormap((t) => interpolateRdBu(1 - t), true),
}
