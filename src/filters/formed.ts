import { writeNpy } from '../imaging/npy.ts'
import type { Raster } from '../imaging/raster.ts'
import { type Datatype, tensorToJson } from '../imaging/tensor-json.ts'
import { FilterError } from './errors.ts'
import type { FormedResult, ResultForm } from './job.ts'
import { shapeAs } from './nested.ts'
import { displayRange, type NumberClass } from './number-class.ts'
import type { Samples } from './samples.ts'

const datatypes: { readonly [T in NumberClass]: Datatype } = {
  uint8: 'UINT8',
  uint16: 'UINT16',
  int16: 'INT16',
  float32: 'FP32',
  float64: 'FP64',
}

const text = new TextEncoder()

/** Samples as an answer wants them. */
export function resultAs(samples: Samples, as: ResultForm): FormedResult {
  if (as.kind === 'picture') return { kind: 'picture', raster: rasterOf(samples) }
  const shape = shapeAs(as.rank, samples)
  if (as.kind === 'npy') {
    const file = writeNpy({ shape, data: samples.data })
    return { kind: 'npy', bytes: Uint8Array.from(file) }
  }
  const tensor = tensorToJson({ shape, data: samples.data }, datatypes[samples.type])
  return { kind: 'json', bytes: Uint8Array.from(text.encode(JSON.stringify(tensor))) }
}

/** Throws FilterError for arrays that no picture can show. */
export function checkPictured(channels: number): asserts channels is Raster['channels'] {
  if (channels === 1 || channels === 2 || channels === 3 || channels === 4) return
  throw new FilterError('bad-parameter', [
    { parameter: 'format', message: `a picture has 1 to 4 channels, got ${channels}: take json or npy` },
  ])
}

/** Samples as a picture shows them: 8 or 16 bits as they are, other classes from black to white of their range. */
export function rasterOf({ rows, columns, channels, type, data }: Samples): Raster {
  checkPictured(channels)
  const sides = { width: columns, height: rows, channels }
  if (data instanceof Uint8Array) return { ...sides, depth: 8, data }
  if (data instanceof Uint16Array) return { ...sides, depth: 16, data }
  const [low, high] = displayRange(type)
  const scale = 255 / (high - low)
  const bytes = new Uint8ClampedArray(data.length)
  for (let i = 0; i < data.length; i++) bytes[i] = ((data[i] ?? 0) - low) * scale
  return { ...sides, depth: 8, data: new Uint8Array(bytes.buffer) }
}

/** Whether all numbers are finite. */
export function holdsFinite({ data }: Samples): boolean {
  for (let i = 0; i < data.length; i++) if (!Number.isFinite(data[i])) return false
  return true
}

/** The memory that a result may be moved by. */
export const movableOf = (result: FormedResult): readonly ArrayBuffer[] => {
  const { buffer } = result.kind === 'picture' ? result.raster.data : result.bytes
  return buffer instanceof ArrayBuffer ? [buffer] : []
}

/** Samples of one scale as bytes for a chart: linearly from `low` to `high`. */
export function bitmapOf(samples: Samples, [low, high]: readonly [number, number]): Samples {
  const scale = high > low ? 255 / (high - low) : 0
  const bytes = new Uint8ClampedArray(samples.data.length)
  for (let i = 0; i < bytes.length; i++) bytes[i] = ((samples.data[i] ?? 0) - low) * scale
  return { ...samples, type: 'uint8', data: new Uint8Array(bytes.buffer) }
}
