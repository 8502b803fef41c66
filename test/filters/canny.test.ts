import '../helpers/to-be-close.ts'
import { describe, expect, it } from 'vitest'
import { allRows, type Band, rowsWithin } from '../../src/filters/band.ts'
import { connectedEdges } from '../../src/filters/hysteresis.ts'
import { rowsNeeded } from '../../src/filters/pipeline.ts'
import { ridgesOf } from '../../src/filters/ridges.ts'
import { SIZES } from '../../src/filters/window.ts'
import { bandOf, filtered, numbersOf, pipelineOf, stepOfKind } from './pictures.ts'

const square: Band = bandOf(
  Array.from({ length: 12 }, (_, row) =>
    Array.from({ length: 12 }, (_, column) => (row >= 3 && row < 9 && column >= 3 && column < 9 ? 200 : 20)),
  ),
)

const edges = (x: Band, params: Readonly<Record<string, unknown>> = {}, boundary: number | 'symmetric' = 0) =>
  filtered(x, pipelineOf([stepOfKind('canny', params)], { boundary }))

describe('Canny', () => {
  it('draws a closed line of 255 around a square, and nothing else', () => {
    const { data } = edges(square)
    expect(new Set(data)).toEqual(new Set([0, 255]))
    const drawn = [...data.keys()].filter((at) => data[at] === 255)
    const places = drawn.map((at) => [Math.floor(at / 12), at % 12])
    expect(places.every(([row = 0, column = 0]) => row >= 2 && row <= 9 && column >= 2 && column <= 9)).toBe(
      true,
    )
    expect(places.some(([row = 0, column = 0]) => row >= 5 && row <= 6 && column >= 5 && column <= 6)).toBe(
      false,
    )
  })

  it('finds nothing in a constant, and nothing above its thresholds', () => {
    const constant = { ...square, data: square.data.map(() => 100) }
    expect(new Set(edges(constant).data)).toEqual(new Set([0]))
    expect(new Set(edges(square, { low: 2000, high: 2000 }).data)).toEqual(new Set([0]))
  })

  it('says of the same picture in other units the same', () => {
    const unit = { ...square, data: square.data.map((v) => v / 255) }
    const found = edges(unit, { low: 25.5 / 255, high: 51 / 255, white: 1 })
    expect(found.data.map((v) => v * 255)).toEqual(edges(square).data)
  })

  it('leaves out what lies beyond the edges where the boundary is a number, whichever', () => {
    expect(edges(square, { sigma: 2 }, 99).data).toEqual(edges(square, { sigma: 2 }, 0).data)
  })

  it('keeps the sides of a picture and needs all of it', () => {
    for (const size of SIZES) {
      const pipeline = pipelineOf([stepOfKind('canny')], { size })
      expect(numbersOf(filtered(square, pipeline))).toBeClose(numbersOf(edges(square)), {})
      expect(rowsNeeded(pipeline, square, { first: 5, count: 1 })).toEqual(allRows(square))
    }
  })

  it.each([
    [1, 1],
    [2, 5],
    [5, 2],
  ])('finds nothing in a picture of %i × %i', (rows, columns) => {
    const x = bandOf(Array.from({ length: rows }, () => Array.from({ length: columns }, (_, j) => j * 100)))
    expect(new Set(edges(x).data)).toEqual(new Set([0]))
  })
})

describe('ridges', () => {
  it('are where the gradient is no shorter than on both sides of its direction', () => {
    const length = bandOf([
      [1, 2, 3, 2, 1],
      [1, 2, 3, 2, 1],
      [1, 2, 3, 2, 1],
    ])
    const none = { ...length, data: length.data.map(() => 0) }
    expect([...ridgesOf({ down: none, right: length, length }, 0)]).toEqual([
      0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0,
    ])
    // along the line, each is as long as its neighbours
    expect([...ridgesOf({ down: length, right: none, length }, 2)].slice(5, 10)).toEqual([0, 1, 1, 1, 0])
    expect([...ridgesOf({ down: length, right: none, length }, 3)].slice(5, 10)).toEqual([0, 0, 1, 0, 0])
  })
})

describe('hysteresis', () => {
  it('keeps the ridges that hang together with a high one, around corners, each channel by itself', () => {
    const ridges = bandOf([
      [0, 0, 0, 0, 0, 0],
      [0, 1, 0, 0, 1, 0],
      [0, 0, 1, 0, 0, 0],
      [0, 1, 0, 0, 1, 0],
      [0, 0, 0, 0, 0, 0],
    ])
    const length = { ...ridges, data: ridges.data.map((v, i) => (i === 3 * 6 + 1 ? 9 : v)) }
    const kept = connectedEdges(Uint8Array.from(ridges.data), length, 5)
    const places = [1 * 6 + 1, 2 * 6 + 2, 3 * 6 + 1]
    expect([...kept.keys()].filter((at) => kept[at] === 1)).toEqual(places)

    // the same as the first of two channels, all of the second one's being ridges but low
    const inBoth = Uint8Array.from({ length: 60 }, (_, i) => (i % 2 === 0 ? (ridges.data[i / 2] ?? 0) : 1))
    const inner = inBoth.map((v, i) => (isInner(Math.floor(i / 2)) ? v : 0))
    const lengths = Float64Array.from({ length: 60 }, (_, i) => (i % 2 === 0 ? (length.data[i / 2] ?? 0) : 1))
    const two = connectedEdges(inner, { ...length, channels: 2, data: lengths }, 5)
    expect([...two.keys()].filter((at) => two[at] === 1)).toEqual(places.map((at) => 2 * at))
  })

  const isInner = (at: number) => {
    const [row, column] = [Math.floor(at / 6), at % 6]
    return row > 0 && row < 4 && column > 0 && column < 5
  }

  it('follows a line that fills the picture', () => {
    const [rows, columns] = [60, 61]
    // a snake: every other row, joined at alternating ends
    const snake = Array.from({ length: rows }, (_, row) =>
      Array.from({ length: columns }, (_, column) => {
        if (row === 0 || row === rows - 1 || column === 0 || column === columns - 1) return 0
        return row % 2 === 1 || column === (row % 4 === 2 ? columns - 2 : 1) ? 1 : 0
      }),
    )
    const length = bandOf(snake)
    length.data[columns + 1] = 9
    const ridges = Uint8Array.from(snake.flat())
    expect(connectedEdges(ridges.slice(), length, 5)).toEqual(ridges)
    expect(rowsWithin(length, { first: 1, count: 1 }).data[1]).toBe(9)
  })
})
