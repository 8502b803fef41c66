import '../helpers/to-be-close.ts'
import { describe, expect, it } from 'vitest'
import { allRows, type Band, type Extent, rowsWithin } from '../../src/filters/band.ts'
import { BOUNDARY_RULES } from '../../src/filters/boundary.ts'
import { kinds } from '../../src/filters/kinds/index.ts'
import {
  extentAfterStep,
  type Pipeline,
  rowsNeeded,
  runPipeline,
  type Step,
} from '../../src/filters/pipeline.ts'
import { plain } from '../../src/filters/plain.ts'
import { MODES, SIZES } from '../../src/filters/window.ts'
import { filtered, numbersOf, pipelineOf, stepOfKind } from './pictures.ts'

/** What to try of a kind besides its defaults: even sides above all, since they lie askew. */
const examples: Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>> = {
  average: [{ size: [4, 2] }, { size: [11, 11] }],
  disk: [{ radius: 2.5 }],
  gaussian: [{ size: [6, 5], sigma: 2 }],
  log: [{ size: 4 }],
  motion: [{ length: 8, angle: 60 }],
  prewitt: [{ magnitude: true }],
  sobel: [{ direction: 'vertical' }],
  custom: [
    {
      kernel: [
        [1, 2],
        [3, -4],
        [0, 5],
        [7, -1],
      ],
    },
  ],
  scharr: [{ magnitude: true }],
  roberts: [{ direction: 'negative-diagonal' }, { magnitude: true }],
  gabor: [{ frequency: 0.4, theta: 1, part: 'magnitude' }],
  'difference-of-gaussians': [{ lowSigma: 0.4, highSigma: 0.9 }],
  'unsharp-mask': [{ radius: 0.7, amount: 2, threshold: 20 }],
  canny: [{ sigma: 0.5, low: 10, high: 150 }],
  median: [{ size: [4, 2] }],
  erosion: [{ size: [4, 2] }],
  dilation: [{ size: [4, 2] }],
  opening: [{ size: [4, 2] }],
  closing: [{ size: [2, 3] }],
  bilateral: [{ sigmaColor: 60, size: 4 }],
}

/** What a kind cannot do without. */
const needed: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  custom: { kernel: [[1, -2, 3]] },
}

/** A transform's tiles start where a band starts: they round otherwise. */
const ROUNDING = { absolute: 1e-9 }

const pictureOf = (rows: number, columns: number): Band => {
  const extent = { rows, columns, channels: 2 }
  const data = Float64Array.from({ length: rows * columns * 2 }, (_, i) => (i * i * 37 + i * 101) % 256)
  return { ...extent, ...allRows(extent), data }
}

/** Larger than every kernel here. */
const picture = pictureOf(18, 16)
/** Smaller than most: what lies beyond its edges repeats it more than once. */
const small = pictureOf(3, 4)

/** The result, `count` rows at a time, each from no more than the rows it is said to need. */
function inBands(x: Band, pipeline: Pipeline, count: number): Band {
  const out = pipeline.steps.reduce<Extent>((sides, step) => extentAfterStep(step, sides, pipeline), x)
  const whole = plain.band(out, allRows(out))
  for (let first = 0; first < out.rows; first += count) {
    const want = { first, count: Math.min(count, out.rows - first) }
    // a copy, so that nothing beyond these rows can be read
    const rows = rowsWithin(x, rowsNeeded(pipeline, x, want))
    const band = runPipeline(pipeline, { ...rows, data: rows.data.slice() }, want, plain)
    rowsWithin(whole, want).data.set(band.data)
  }
  return whole
}

const cases = [...kinds.keys()].flatMap((id) =>
  [needed[id] ?? {}, ...(examples[id] ?? [])].map((params) => [id, params] as const),
)

describe('a picture in bands is the whole picture', () => {
  it.each(cases)('%s %j with every boundary', (id, params) => {
    for (const boundary of [...BOUNDARY_RULES, 0, 77])
      for (const x of [picture, small]) {
        const pipeline = pipelineOf([stepOfKind(id, params)], { boundary })
        const whole = numbersOf(filtered(x, pipeline))
        for (const count of [1, 2, 5])
          expect(numbersOf(inBands(x, pipeline, count))).toBeClose(whole, ROUNDING)
      }
  })

  it.each(cases)('%s %j with every size and mode', (id, params) => {
    // only a result of the same sides can be combined with its input
    const step: Step = { ...stepOfKind(id, params), combine: 'replace' }
    for (const size of SIZES)
      for (const mode of MODES) {
        const pipeline = pipelineOf([step], { boundary: 'mirror', size, mode })
        const whole = numbersOf(filtered(picture, pipeline))
        expect(numbersOf(inBands(picture, pipeline, 2))).toBeClose(whole, ROUNDING)
      }
  })

  it('so is one that several filters ran over', () => {
    const steps: Step[] = [
      stepOfKind('opening', { size: 4 }),
      { ...stepOfKind('laplacian'), combine: 'subtract' },
      stepOfKind('median', { size: 2 }),
      stepOfKind('roberts', { magnitude: true }),
    ]
    for (const boundary of [...BOUNDARY_RULES, 77]) {
      const pipeline = pipelineOf(steps, { boundary })
      const whole = numbersOf(filtered(picture, pipeline))
      expect(numbersOf(inBands(picture, pipeline, 1))).toBeClose(whole, ROUNDING)
    }
  })
})
