import type { Slide } from './arithmetic.ts'
import { type Band, type Numbers, rowLength } from './band.ts'
import { placeOf } from './boundary.ts'

/** Rows of x with the columns beyond the edges that the window reaches: (want.count + window.rows − 1) of them. */
export interface Extended {
  readonly data: Float64Array
  /** numbers of an extended row */
  readonly length: number
}

/** x as the wanted places see it: boundary and all, so that every window lies within. */
export function extended(x: Band, { window, boundary, out, want }: Slide): Extended {
  const { channels } = x
  const columns = out.columns + window.columns - 1
  const count = want.count + window.rows - 1
  const length = columns * channels
  const data = new Float64Array(count * length)
  const value = typeof boundary === 'number' ? boundary : 0
  const places = Int32Array.from({ length: columns }, (_, j) => placeOf(j - window.left, x.columns, boundary))
  for (let i = 0; i < count; i++) {
    const row = placeOf(want.first - window.top + i, x.rows, boundary)
    const to = data.subarray(i * length, (i + 1) * length)
    if (row < 0) to.fill(value)
    else extendRow(x.data.subarray((row - x.first) * rowLength(x)), places, channels, value, to)
  }
  return { data, length }
}

function extendRow(from: Numbers, places: Int32Array, channels: number, value: number, to: Numbers): void {
  for (let j = 0; j < places.length; j++) {
    const place = places[j] ?? 0
    for (let c = 0; c < channels; c++)
      to[j * channels + c] = place < 0 ? value : (from[place * channels + c] ?? 0)
  }
}
