import '../helpers/to-be-close.ts'
import { describe, expect, it } from 'vitest'
import { type Band, rowLength } from '../../src/filters/band.ts'
import { type Step, shiftOf } from '../../src/filters/pipeline.ts'
import { correlate } from '../../src/filters/stages/correlate.ts'
import { MODES, type Mode, SIZES, type Size } from '../../src/filters/window.ts'
import { kindExamples, picture } from './kind-examples.ts'
import { filtered, numbersOf, pipelineOf, stepOfKind } from './pictures.ts'

const ROUNDING = { absolute: 1e-9 }

const steps = kindExamples.map(([id, params]) => {
  const step: Step = { ...stepOfKind(id, params), combine: 'replace' }
  return [`${id} ${JSON.stringify(params)}`, step] as const
})
const linear = steps.filter(([, { stages }]) => stages.every(({ kernel }) => kernel))
const local = steps.filter(([, { stages }]) => stages.every(({ reach }) => reach !== 'whole'))
const single = local.filter(([, { stages }]) => stages.length === 1)

describe('a filter with a kernel is the correlation with it', () => {
  it.each(linear)('%s', (_, step) => {
    const byKernel = {
      ...step,
      stages: step.stages.flatMap(({ kernel }) => (kernel ? correlate(kernel) : [])),
    }
    for (const size of SIZES)
      for (const mode of MODES) {
        const setting = { boundary: 77, size, mode }
        const expected = numbersOf(filtered(picture, pipelineOf([byKernel], setting)))
        expect(numbersOf(filtered(picture, pipelineOf([step], setting)))).toBeClose(expected, ROUNDING)
      }
  })
})

describe('results of other sizes are parts of each other', () => {
  it.each(local)('%s: valid is what same has where all windows lie inside', (_, step) => {
    for (const mode of MODES) {
      const [same, valid] = bothSizes(step, 'same', 'valid', mode)
      const { top, left } = shiftOf(pipelineOf([step], { size: 'valid', mode }))
      expect(numbersOf(valid)).toBeClose(numbersOf(cropped(same, -top, -left, valid)), ROUNDING)
    }
  })

  it.each(single)('%s: same is what full has within the picture', (_, step) => {
    for (const mode of MODES) {
      const [same, full] = bothSizes(step, 'same', 'full', mode)
      const { top, left } = shiftOf(pipelineOf([step], { size: 'full', mode }))
      const inside = cropped(full, top, left, same)
      expect(numbersOf(same)).toBeClose(numbersOf(inside), ROUNDING)
    }
  })
})

function bothSizes(step: Step, a: Size, b: Size, mode: Mode): readonly [Band, Band] {
  const inSize = (size: Size) => filtered(picture, pipelineOf([step], { boundary: 77, size, mode }))
  return [inSize(a), inSize(b)]
}

function cropped(x: Band, top: number, left: number, to: Band): Band {
  const data = to.data.map((_, i) => {
    const row = top + Math.floor(i / rowLength(to))
    return x.data[row * rowLength(x) + left * x.channels + (i % rowLength(to))] ?? 0
  })
  return { ...to, data }
}
