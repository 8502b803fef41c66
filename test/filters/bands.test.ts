import '../helpers/to-be-close.ts'
import { describe, expect, it } from 'vitest'
import type { Arithmetic } from '../../src/filters/arithmetic.ts'
import { allRows, type Band, type Extent, rowsWithin } from '../../src/filters/band.ts'
import { BOUNDARY_RULES } from '../../src/filters/boundary.ts'
import {
  extentAfterStep,
  type Pipeline,
  rowsNeeded,
  runPipeline,
  type Step,
} from '../../src/filters/pipeline.ts'
import { plain } from '../../src/filters/plain.ts'
import { MODES, SIZES } from '../../src/filters/window.ts'
import { fastArithmetic } from './fast.ts'
import { kindExamples, picture, small } from './kind-examples.ts'
import { filtered, numbersOf, pipelineOf, stepOfKind } from './pictures.ts'

const fast = fastArithmetic()

/** A transform's tiles start where a band starts: they round otherwise. */
const ROUNDING = { absolute: 1e-9 }

/** The result, `count` rows at a time, each from no more than the rows it is said to need. */
function inBands(x: Band, pipeline: Pipeline, count: number, arithmetic: Arithmetic = plain): Band {
  const out = pipeline.steps.reduce<Extent>((sides, step) => extentAfterStep(step, sides, pipeline), x)
  const whole = plain.band(out, allRows(out))
  for (let first = 0; first < out.rows; first += count) {
    const want = { first, count: Math.min(count, out.rows - first) }
    // a copy, so that nothing beyond these rows can be read
    const rows = rowsWithin(x, rowsNeeded(pipeline, x, want))
    const own = arithmetic.band(x, rows)
    own.data.set(rows.data)
    rowsWithin(whole, want).data.set(runPipeline(pipeline, own, want, arithmetic).data)
    arithmetic.release()
  }
  return whole
}

describe('a picture in bands is the whole picture', () => {
  it.each(kindExamples)('%s %j with every boundary', (id, params) => {
    for (const boundary of [...BOUNDARY_RULES, 0, 77])
      for (const x of [picture, small]) {
        const pipeline = pipelineOf([stepOfKind(id, params)], { boundary })
        const whole = numbersOf(filtered(x, pipeline))
        for (const count of [1, 2, 5])
          expect(numbersOf(inBands(x, pipeline, count))).toBeClose(whole, ROUNDING)
      }
  })

  it.each(kindExamples)('%s %j by the kernels', (id, params) => {
    const single = { ...picture, data: Float32Array.from(picture.data) }
    for (const boundary of [...BOUNDARY_RULES, 77]) {
      const pipeline = pipelineOf([stepOfKind(id, params)], { boundary })
      const whole = numbersOf(inBands(single, pipeline, single.rows, fast))
      for (const count of [1, 3])
        expect(numbersOf(inBands(single, pipeline, count, fast))).toBeClose(whole, { relative: 1e-5 })
    }
  })

  it.each(kindExamples)('%s %j with every size and mode', (id, params) => {
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
