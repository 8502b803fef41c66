import { levelOf } from './charts/heat.ts'

/** Room for the maps of one array, in pixels of the picture, as all lengths here. */
const ROOM = { width: 600, height: 272 } as const
/** Free pixels between two maps. */
const GAP = 8
const MOST_CHANNELS = 16
/** Side of one number of a small map. */
const LARGEST_CELL = 64
/** Maps of few rows or columns would be thinner beside long ones. */
const THINNEST = 12
/** Numbers of a strip in one line, in several short ones, and in as many as there may be. */
const LINE = { longest: 32, lines: 4, longer: 64, most: 16 } as const
/** A line's only cells. */
const STRIP_CELL = { width: 120, height: 48 } as const
/** Numbers that are printed, at most: no more fit. */
const MOST_PRINTED = 64

/** Cells beside and below each other, and where they lie among the others of their array. */
export interface Tile {
  readonly left: number
  readonly top: number
  readonly columns: number
  readonly rows: number
  /** of a colour map, row by row; −1 of a number that is not finite */
  readonly levels: Int16Array
}

/**
 * An array as it is drawn, and no more of it: each channel of (C,H,W) a tile, or the numbers of an array with no more than one
 * side as a strip. Plain data: it crosses threads.
 */
export interface Maps {
  readonly tiles: readonly Tile[]
  /** of one number, a square but in very thin maps and in strips; a pixel of maps that were shrunk */
  readonly cell: { readonly width: number; readonly height: number }
  /** of all tiles together */
  readonly size: { readonly width: number; readonly height: number }
  /** channels or numbers that are not drawn */
  readonly more: number
  /** several numbers fall into one pixel, which shows the one of the largest magnitude */
  readonly shrunk: boolean
  /** where the colours begin and end; NaN where no number is finite */
  readonly low: number
  readonly high: number
  readonly count: number
  readonly notFinite: number
  /** all of them, tile by tile, where they are few */
  readonly numbers: readonly number[] | undefined
}

/** What colours mean: from the least number to the largest, or on both sides of 0 to the largest magnitude. */
export type ScaleKind = 'sequential' | 'diverging'

interface Numbers {
  readonly shape: readonly number[]
  readonly data: Float32Array | Float64Array
}

/** What of an array is known. */
interface Extent {
  readonly min: number
  readonly max: number
  readonly notFinite: number
}

/** An array of (K) or (C,H,W) as maps; `extent` is that of all its finite numbers. */
export function mapsOf(array: Numbers, { min, max, notFinite }: Extent, scale: ScaleKind): Maps {
  const most = Math.max(Math.abs(min), Math.abs(max))
  const [low, high] = scale === 'sequential' ? [min, max] : [0 - most, most]
  // 0 is the middle, even of nothing but zeros
  const [from, to] = scale === 'diverging' && most === 0 ? [-1, 1] : [low, high]
  const paint = (values: Numbers['data']) =>
    // halves: the largest numbers are further apart than the largest number
    Int16Array.from(values, (value) => (Number.isFinite(value) ? levelOf(value / 2, from / 2, to / 2) : -1))
  const count = array.data.length
  const drawn = array.shape.filter((side) => side > 1).length > 1 ? channelsOf(array) : stripOf(array)
  const tiles = drawn.tiles.map(({ values, ...tile }): Tile => ({ ...tile, levels: paint(values) }))
  const { width, height } = drawn.cell
  return {
    tiles,
    cell: drawn.cell,
    size: {
      width: Math.max(...tiles.map(({ left, columns }) => left + columns * width)),
      height: Math.max(...tiles.map(({ top, rows }) => top + rows * height)),
    },
    more: drawn.more,
    shrunk: drawn.shrunk,
    ...{ low, high, count, notFinite },
    numbers: count <= MOST_PRINTED && drawn.more === 0 && !drawn.shrunk ? Array.from(array.data) : undefined,
  }
}

interface Drawn extends Pick<Maps, 'cell' | 'more' | 'shrunk'> {
  readonly tiles: readonly (Omit<Tile, 'levels'> & { readonly values: Numbers['data'] })[]
}

function channelsOf({ shape, data }: Numbers): Drawn {
  const [channels = 1, height = 1, width = 1] = shape
  const drawn = Math.min(channels, MOST_CHANNELS)
  const { columns, zoom } = arrangement(width, height, drawn)
  const shrunk = zoom < 1
  const shortened = (side: number) => Math.min(side, Math.max(THINNEST, Math.round(side * zoom)))
  const shown = { columns: shortened(width), rows: shortened(height) }
  const cell = {
    width: Math.max(zoom, 1, Math.ceil(THINNEST / shown.columns)),
    height: Math.max(zoom, 1, Math.ceil(THINNEST / shown.rows)),
  }
  const all = Array.from({ length: drawn }, (_, c) => {
    const values = data.subarray(c * height * width, (c + 1) * height * width)
    return {
      left: (c % columns) * (shown.columns * cell.width + GAP),
      top: Math.floor(c / columns) * (shown.rows * cell.height + GAP),
      ...shown,
      values: shrunk ? largestOf(values, width, height, shown) : values,
    }
  })
  return { tiles: all, cell, more: channels - drawn, shrunk }
}

/** In how many columns so many maps become largest; whole pixels for a number where there is room for one. */
export function arrangement(
  width: number,
  height: number,
  count: number,
): { readonly columns: number; readonly zoom: number } {
  let best = { columns: 1, zoom: 0, free: 0 }
  // of arrangements that are equally good the one with the fewest free places, and of those the widest
  for (let columns = count; columns >= 1; columns--) {
    const rows = Math.ceil(count / columns)
    const fitting = Math.min(
      (ROOM.width - (columns - 1) * GAP) / (columns * width),
      (ROOM.height - (rows - 1) * GAP) / (rows * height),
      LARGEST_CELL,
    )
    const zoom = fitting < 1 ? fitting : Math.floor(fitting)
    const free = columns * rows - count
    if (zoom > best.zoom || (zoom === best.zoom && free < best.free)) best = { columns, zoom, free }
  }
  return best
}

/** A smaller map: in each place the number of the largest magnitude that falls into it, or NaN for one that is not finite. */
function largestOf(
  values: Numbers['data'],
  width: number,
  height: number,
  { columns, rows }: { readonly columns: number; readonly rows: number },
): Float64Array {
  const kept = new Float64Array(columns * rows)
  const places = Int32Array.from({ length: width }, (_, x) => Math.floor((x * columns) / width))
  for (let y = 0; y < height; y++) {
    const row = Math.floor((y * rows) / height) * columns
    for (let x = 0; x < width; x++) {
      const value = values[y * width + x] ?? 0
      const at = row + (places[x] ?? 0)
      if (!Number.isFinite(value)) kept[at] = Number.NaN
      else if (Math.abs(value) > Math.abs(kept[at] ?? 0)) kept[at] = value
    }
  }
  return kept
}

function stripOf({ data }: Numbers): Drawn {
  const drawn = Math.min(data.length, LINE.longer * LINE.most)
  const longest = drawn <= LINE.longest * LINE.lines ? LINE.longest : LINE.longer
  const each = Math.ceil(drawn / Math.ceil(drawn / longest))
  const side = Math.floor(ROOM.width / each)
  const cell =
    each === drawn
      ? { ...STRIP_CELL, width: Math.min(STRIP_CELL.width, side) }
      : { width: side, height: side }
  const whole = Math.floor(drawn / each)
  const rest = drawn % each
  const part = (from: number, to: number) => data.subarray(from, to)
  return {
    tiles: [
      { left: 0, top: 0, columns: each, rows: whole, values: part(0, each * whole) },
      ...(rest > 0
        ? [{ left: 0, top: whole * side, columns: rest, rows: 1, values: part(each * whole, drawn) }]
        : []),
    ],
    cell,
    more: data.length - drawn,
    shrunk: false,
  }
}
