import { describe, expect, it } from 'vitest'
import { buildKernels } from '../../../src/core/kernels/build.ts'
import { Scratch } from '../../../src/imaging/kernels/scratch.ts'
import { randomNumbers } from '../fixtures.ts'
import {
  boxLine,
  columnSums,
  largestOf,
  paintedRow,
  rowSums,
  sampledRow,
  strongestOf,
  type Taps,
} from './twins.ts'

await buildKernels()

const random = randomNumbers(11)
const below = (end: number) => Math.floor(random() * end)
const list = <T>(length: number, make: (i: number) => T): T[] => Array.from({ length }, (_, i) => make(i))
const bytes = (length: number) => Uint8Array.from(list(length, () => below(256)))
const singles = (length: number) => list(length, () => Math.fround(2 * random() - 1))

/** Weights that add up to one, some of them negative: sums go beyond a byte on both sides. */
function weightsOf(count: number): number[] {
  const raw = list(count, () => random() - 0.3)
  const sum = raw.reduce((a, b) => a + b, 0) || 1
  return raw.map((weight) => Math.round((weight / Math.max(0.2, Math.abs(sum))) * 2 ** 22))
}

describe('sumColumns', () => {
  it.each([
    [3, 1, 1],
    [3, 17, 9],
    [3, 224, 451],
    [1, 31, 64],
    [1, 5, 3],
  ])('adds up neighbours of %i channels: %i pixels of %i', (channels, width, from) => {
    const taps: Taps = list(width, () => {
      const count = 1 + below(Math.min(7, from))
      return { first: below(from - count + 1), weights: weightsOf(count) }
    })
    const rows = [bytes(from * channels), bytes(from * channels)]
    const stride = 7
    const scratch = new Scratch()
    const source = scratch.place(Uint8Array.from(rows.flatMap((row) => [...row])))
    const first = scratch.place(Int32Array.from(taps, (tap) => tap.first))
    const count = scratch.place(Int32Array.from(taps, (tap) => tap.weights.length))
    const weights = scratch.place(
      Int32Array.from(taps.flatMap((tap) => list(stride, (i) => tap.weights[i] ?? 77))),
    )
    const target = scratch.room(2 * width * channels)
    const step = from * channels
    scratch.kernels.sumColumns(source, step, 2, channels, first, count, weights, stride, width, target)
    expect([...scratch.bytes(target, 2 * width * channels)]).toEqual(
      rows.flatMap((row) => columnSums(row, channels, taps)),
    )
  })
})

describe('sumRows', () => {
  it.each([
    [1, 1],
    [3, 16],
    [6, 45],
    [5, 672],
  ])('adds up %i rows of %i bytes', (count, length) => {
    const rows = list(count, () => bytes(length))
    const weights = weightsOf(count)
    const scratch = new Scratch()
    const source = scratch.place(Uint8Array.from(rows.flatMap((row) => [...row])))
    const at = scratch.place(Int32Array.from(weights))
    const target = scratch.room(length)
    scratch.kernels.sumRows(source, count, at, length, target)
    expect([...scratch.bytes(target, length)]).toEqual(rowSums(rows, weights))
  })
})

describe('planesOf', () => {
  it('brings bytes to planes, in an order, as tables say, and leaves what lies around', () => {
    const [rows, width, channels] = [3, 5, 3]
    const pixels = bytes(rows * width * channels)
    const tables = Float32Array.from(singles(256 * channels))
    const order = [2, 0, 1]
    const scratch = new Scratch()
    const from = scratch.place(pixels)
    const orderAt = scratch.place(Int32Array.from(order))
    const tablesAt = scratch.place(tables)
    const [across, down] = [width + 2, rows + 1]
    const size = channels * down * across
    const out = scratch.place(new Float32Array(size).fill(9))
    const planeBytes = 4 * down * across
    scratch.kernels.planesOf(from, rows, width, channels, orderAt, tablesAt, out + 4, 4 * across, planeBytes)
    const expected = list(size, (i) => {
      const [c, y, x] = [Math.floor(i / (down * across)), Math.floor(i / across) % down, (i % across) - 1]
      if (y >= rows || x < 0 || x >= width) return 9
      return tables[256 * c + (pixels[(y * width + x) * channels + (order[c] ?? 0)] ?? 0)]
    })
    expect([...scratch.floats(out, size)]).toEqual(expected)
  })
})

describe('boxDown', () => {
  it.each([
    [1, 1, 1],
    [7, 7, 3],
    [9, 5, 17],
    [224, 13, 7],
  ])('is a running mean down %i rows of %i columns, over %i', (height, width, box) => {
    const map = singles(height * width)
    const scratch = new Scratch()
    const from = scratch.place(Float32Array.from(map))
    const sums = scratch.room(8 * width + 8)
    const out = scratch.room(4 * height * width)
    scratch.kernels.boxDown(from, 4 * width, out, 4 * width, sums, height, width, box)
    const lines = list(width, (x) =>
      boxLine(
        list(height, (y) => map[y * width + x] ?? 0),
        box,
      ),
    )
    expect([...scratch.floats(out, height * width)]).toEqual(
      list(height * width, (i) => lines[i % width]?.[Math.floor(i / width)]),
    )
  })
})

describe('transpose', () => {
  it.each([
    [1, 1],
    [4, 8],
    [7, 5],
    [18, 33],
  ])('exchanges %i rows and %i columns', (rows, columns) => {
    const map = singles(rows * columns)
    const step = Math.ceil(rows / 4) * 4
    const scratch = new Scratch()
    const from = scratch.room(4 * (rows + 4) * (columns + 4))
    scratch.write(from, Float32Array.from(map))
    const out = scratch.room(4 * step * (columns + 4))
    scratch.kernels.transpose(from, 4 * columns, out, 4 * step, rows, columns)
    const result = scratch.floats(out, step * columns)
    expect(list(rows * columns, (i) => result[(i % columns) * step + Math.floor(i / columns)])).toEqual(map)
  })
})

describe('strongest, largest, magnitudes and strengths', () => {
  const odd = [0, -0, Number.NaN, Infinity, -Infinity, 1e-40, -3e38]
  const numbersOf = (length: number) =>
    list(length, () => (random() < 0.2 ? (odd[below(odd.length)] ?? 0) : (singles(1)[0] ?? 0)))

  it.each([
    [1, 1],
    [3, 7],
    [3, 224],
    [2, 16],
  ])('are those of %i planes of %i cells', (channels, cells) => {
    const numbers = Float32Array.from(numbersOf(channels * cells))
    const scratch = new Scratch()
    const planes = scratch.place(numbers)
    const out = scratch.room(4 * cells)
    const { kernels } = scratch
    kernels.strongest(planes, channels, cells, out)
    const strongest = strongestOf([...numbers], cells)
    expect([...scratch.floats(out, cells)]).toEqual(strongest)
    kernels.largest(planes, channels, cells, out)
    expect([...scratch.floats(out, cells)]).toEqual(largestOf([...numbers], cells))
    kernels.magnitudes(planes, numbers.length, planes)
    expect([...scratch.floats(planes, numbers.length)]).toEqual([...numbers].map(Math.abs))

    const [floor, scale] = [0.1, 1.3]
    for (const lowest of [-1, 0]) {
      const at = scratch.place(Float32Array.from(strongest))
      kernels.strengths(at, cells, floor, scale, lowest)
      expect([...scratch.floats(at, cells)]).toEqual(
        strongest.map((value) => Math.fround(Math.min(1, Math.max(lowest, (value - floor) * scale)))),
      )
    }
  })
})

describe('sampleRow and paintRow', () => {
  it.each([
    [1, 1],
    [7, 20],
    [224, 451],
  ])('draw %i cells on %i pixels', (cells, width) => {
    const [upper, lower, down] = [singles(cells), singles(cells), Math.fround(random())]
    const places = list(width, () => {
      const low = below(cells)
      return { low, high: Math.min(cells - 1, low + 1), share: Math.fround(random()) }
    })
    const scratch = new Scratch()
    const [above, under] = [scratch.place(Float32Array.from(upper)), scratch.place(Float32Array.from(lower))]
    const bits = (value: number) => new Int32Array(Float32Array.of(value).buffer)[0] ?? 0
    const placesAt = scratch.place(
      Int32Array.from(places.flatMap(({ low, high, share }) => [low, high, bits(share)])),
    )
    const between = scratch.room(4 * cells)
    const row = scratch.room(4 * width)
    scratch.kernels.sampleRow(above, under, down, cells, between, placesAt, width, row)
    const values = sampledRow(upper, lower, down, places)
    expect([...scratch.floats(row, width)]).toEqual(values)

    const photo = bytes(3 * width)
    const rests = list(257, () => below(257))
    const colors = rests.map((rest) => list(3, () => below(256) * (256 - rest) + 128))
    const inks = { colors, rests, offset: 127.5, scale: 127.5 }
    const unseen = values.map((value, i) => (i % 3 === 1 ? Number.NaN : value))
    const inksAt = scratch.place(
      Uint16Array.from(rests.flatMap((rest, level) => [...(colors[level] ?? []), 0, rest, rest, rest, 0])),
    )
    const photoAt = scratch.place(photo)
    const out = scratch.room(3 * width)
    scratch.write(row, Float32Array.from(unseen))
    scratch.kernels.paintRow(photoAt, row, width, inksAt, inks.offset, inks.scale, out)
    expect([...scratch.bytes(out, 3 * width)]).toEqual(paintedRow(photo, unseen, inks))
  })
})

describe('Scratch', () => {
  it('grows, and keeps what was placed', () => {
    const scratch = new Scratch()
    const at = scratch.place(Uint8Array.of(1, 2, 3))
    const large = scratch.room(50_000_000)
    scratch.bytes(large + 49_999_999, 1)[0] = 7
    expect([...scratch.bytes(at, 3)]).toEqual([1, 2, 3])
  })
})
