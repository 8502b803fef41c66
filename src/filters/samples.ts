import type { Band, Extent } from './band.ts'
import type { NumberClass } from './number-class.ts'

export type SampleData = Uint8Array | Uint16Array | Int16Array | Float32Array | Float64Array

/** A picture or an array as it came or as it goes: interleaved, in its own class of numbers. Plain data: it crosses threads. */
export interface Samples extends Extent {
  readonly type: NumberClass
  /** whether the last channel is opacity, which no filter touches */
  readonly alpha: boolean
  readonly data: SampleData
}

const arrays = {
  uint8: Uint8Array,
  uint16: Uint16Array,
  int16: Int16Array,
  float32: Float32Array,
  float64: Float64Array,
} as const satisfies Record<NumberClass, new (length: number) => SampleData>

/** Room for so many samples of a class. */
export const samplesOf = (type: NumberClass, length: number): SampleData => new arrays[type](length)

/** Channels that filters work on. */
export const colours = ({ channels, alpha }: Samples): number => (alpha ? channels - 1 : channels)

/** Sets a band to its rows of the samples, without the alpha channel. */
export function copyColours({ data, columns, channels, alpha }: Samples, band: Band): Band {
  const from = band.first * columns * channels
  const pixels = band.count * columns
  if (!alpha) {
    band.data.set(data.subarray(from, from + pixels * channels))
    return band
  }
  for (let i = 0; i < pixels; i++)
    for (let c = 0; c < band.channels; c++)
      band.data[i * band.channels + c] = data[from + i * channels + c] ?? 0
  return band
}
