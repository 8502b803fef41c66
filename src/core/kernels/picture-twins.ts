import type { KernelArgs, KernelName } from './list.ts'
import { bytes, read, type Twin, write } from './twin.ts'

type Picture = KernelArgs[
  | 'separable'
  | 'correlate'
  | 'correlateCast'
  | 'box'
  | 'rank'
  | 'extreme'
  | 'bilateral']

const modulo = (at: number, length: number): number => ((at % length) + length) % length

/** Where position `at` of an axis is read; undefined where the constant is. */
function mapped(at: number, length: number, boundary: number): number | undefined {
  if (at >= 0 && at < length) return at
  switch (boundary) {
    case 1: {
      const place = modulo(at, 2 * length)
      return Math.min(place, 2 * length - 1 - place)
    }
    case 2:
      return Math.min(Math.max(at, 0), length - 1)
    case 3:
      return modulo(at, length)
    case 4: {
      const period = Math.max(1, 2 * length - 2)
      return Math.min(modulo(at, period), period - modulo(at, period)) % length
    }
  }
  return undefined
}

/** Number `channel` of the pixel at (y, x) of the picture without edges. */
function pixel(memory: Float32Array, a: Picture, y: number, x: number, channel: number): number {
  const row = mapped(y, a.inH, a.boundary)
  const column = mapped(x, a.inW, a.boundary)
  if (row === undefined || column === undefined) return Math.fround(a.value)
  // an address below 0 wraps to the end of the address space, and back to where rows are
  return read(memory, a.x, (row * a.inW + column) * a.channels + channel)
}

/** Writes `result` of the numbers in each window, row-major. */
function eachWindow(memory: Float32Array, a: Picture, result: (window: readonly number[]) => number): void {
  for (let row = 0; row < a.rows; row++)
    for (let q = 0; q < a.outW; q++)
      for (let channel = 0; channel < a.channels; channel++) {
        const window: number[] = []
        for (let i = 0; i < a.kernelH; i++)
          for (let j = 0; j < a.kernelW; j++)
            window.push(pixel(memory, a, a.firstRow + row - a.top + i, q - a.left + j, channel))
        write(memory, a.out, (row * a.outW + q) * a.channels + channel, result(window))
      }
}

const separable: Twin<'separable'> = (memory, a) =>
  eachWindow(memory, a, (window) =>
    window.reduce(
      (sum, x, tap) =>
        sum + x * read(memory, a.wy, Math.floor(tap / a.kernelW)) * read(memory, a.wx, tap % a.kernelW),
      0,
    ),
  )

const correlate: Twin<'correlate'> = (memory, a) =>
  eachWindow(memory, a, (window) => window.reduce((sum, x, tap) => sum + x * read(memory, a.w, tap), 0))

const correlateCast: Twin<'correlateCast'> = (memory, a) => {
  const weights = new Float64Array(memory.buffer, memory.byteOffset + a.w, a.kernelH * a.kernelW)
  eachWindow(memory, a, (window) =>
    rounded(
      window.reduce((sum, x, tap) => sum + x * (weights[tap] ?? 0), 0),
      a.low,
      a.high,
    ),
  )
}

const box: Twin<'box'> = (memory, a) =>
  eachWindow(memory, a, (window) => Math.fround(a.scale) * window.reduce((sum, x) => sum + x, 0))

const rank: Twin<'rank'> = (memory, a) =>
  eachWindow(memory, a, (window) => window.toSorted((p, q) => p - q)[a.index] ?? Number.NaN)

const extreme: Twin<'extreme'> = (memory, a) =>
  eachWindow(memory, a, (window) => window.reduce((best, x) => (x < best === (a.mode === 0) ? x : best)))

const bilateral: Twin<'bilateral'> = (memory, a) => {
  const channels = Array.from({ length: a.channels }, (_, channel) => channel)
  for (let row = 0; row < a.rows; row++)
    for (let q = 0; q < a.outW; q++) {
      const y = a.firstRow + row
      const centre = channels.map((channel) => pixel(memory, a, y, q, channel))
      const sums = channels.map(() => 0)
      let weights = 0
      for (let i = 0; i < a.kernelH; i++)
        for (let j = 0; j < a.kernelW; j++) {
          const x = channels.map((channel) => pixel(memory, a, y - a.top + i, q - a.left + j, channel))
          const distance = x.reduce((sum, v, channel) => sum + (v - (centre[channel] ?? 0)) ** 2, 0)
          const w =
            read(memory, a.spatial, i * a.kernelW + j) * Math.exp(Math.fround(a.colorFactor) * distance)
          weights += w
          for (const [channel, v] of x.entries()) sums[channel] = (sums[channel] ?? 0) + w * v
        }
      for (const [channel, sum] of sums.entries())
        write(memory, a.out, (row * a.outW + q) * a.channels + channel, sum / weights)
    }
}

/** Halves away from zero; NaN is 0. */
const rounded = (x: number, low: number, high: number): number =>
  Math.min(Math.max(Number.isNaN(x) ? 0 : Math.sign(x) * Math.round(Math.abs(x)), low), high)

/** The elements of a tensor of samples. */
const samples = (memory: Float32Array, address: number, length: number, type: number) =>
  type === 0
    ? bytes(memory).subarray(address, address + length)
    : new Uint16Array(memory.buffer, memory.byteOffset + address, length)

const toFloat: Twin<'toFloat'> = (memory, a) => memory.set(samples(memory, a.x, a.length, a.type), a.out / 4)

const fromFloat: Twin<'fromFloat'> = (memory, a) => {
  const out = samples(memory, a.out, a.length, a.type)
  for (let i = 0; i < a.length; i++) out[i] = rounded(read(memory, a.x, i), 0, a.type === 0 ? 255 : 65535)
}

const saturate: Twin<'saturate'> = (memory, a) => {
  for (let i = 0; i < a.length; i++) write(memory, a.out, i, rounded(read(memory, a.x, i), a.low, a.high))
}

/** The twins of the kernels for pictures. */
export const pictureTwins = {
  separable,
  correlate,
  correlateCast,
  box,
  rank,
  extreme,
  bilateral,
  toFloat,
  fromFloat,
  saturate,
} satisfies { [K in KernelName]?: Twin<K> }
