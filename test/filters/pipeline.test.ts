import '../helpers/to-be-close.ts'
import { describe, expect, it } from 'vitest'
import { kinds } from '../../src/filters/kinds/index.ts'
import { type Step, simplified } from '../../src/filters/pipeline.ts'
import { MODES, SIZES } from '../../src/filters/window.ts'
import { fixtures } from './fixtures.ts'
import { bandOf, boundaryOf, filtered, numbersOf, pipelineOf, stepOf } from './pictures.ts'

const image = (name: string) => bandOf(fixtures.images[name] ?? [])
const kernel = (name: string) => fixtures.kernels[name] ?? []

const average = stepOf(kernel('average_5x5'))
const laplacian = stepOf(kernel('laplacian_0_2_default'))
const sharpen = stepOf(kernel('laplacian_0_2_default'), 'subtract')

describe('float64 results are those of Octave', () => {
  it.each(fixtures.cases.map((c) => [`${c.i} ${c.k} ${c.b} ${c.s} ${c.m}`, c] as const))('%s', (_, c) => {
    const setting = {
      boundary: boundaryOf(c.b),
      size: SIZES.find((size) => size === c.s) ?? 'same',
      mode: MODES.find((mode) => mode === c.m) ?? 'corr',
    }
    const result = filtered(image(c.i), pipelineOf([stepOf(kernel(c.k))], setting))
    expect(numbersOf(result)).toBeClose(numbersOf(bandOf(c.o)), { absolute: 1e-9 })
  })
})

describe('integer results are rounded and saturated as MATLAB does', () => {
  it.each(fixtures.saturation.map((c) => [`${c.i} ${c.k} ${c.b} ${c.class}`, c] as const))('%s', (_, c) => {
    const pipeline = pipelineOf([stepOf(kernel(c.k))], {
      boundary: boundaryOf(c.b),
      intermediate: c.class,
    })
    expect(numbersOf(filtered(image(c.i), pipeline))).toBeClose(numbersOf(bandOf(c.o)), {})
  })
})

describe('the order of steps', () => {
  const steps: Record<string, readonly Step[]> = {
    sharpen_then_smooth: [sharpen, average],
    smooth_then_sharpen: [average, sharpen],
    lap_then_avg: [laplacian, average],
    avg_then_lap: [average, laplacian],
  }
  it.each(fixtures.order.map((c) => [`${c.i} ${c.b}`, c] as const))('%s', (_, c) => {
    for (const name of [
      'sharpen_then_smooth',
      'smooth_then_sharpen',
      'lap_then_avg',
      'avg_then_lap',
    ] as const) {
      const intermediate = c.i.endsWith('u8') ? 'uint8' : 'float'
      const pipeline = pipelineOf(steps[name] ?? [], { boundary: boundaryOf(c.b), intermediate })
      const expected = numbersOf(bandOf(c[name]))
      expect(numbersOf(filtered(image(c.i), pipeline))).toBeClose(expected, { absolute: 1e-9 })
      expect(numbersOf(filtered(image(c.i), simplified(pipeline)))).toBeClose(expected, { absolute: 1e-9 })
    }
  })
})

describe("Mathematica's lists", () => {
  const { list, fixed, pad1 } = fixtures.mathematica
  const step = (id: string): Step => ({
    stages: kinds.get(id)?.stages({}) ?? [],
    combine: 'replace',
    amount: 1,
  })
  const gauss = step('wolfram-gaussian-r1')
  const laplace = step('wolfram-laplacian-r1')

  it.each([
    ['replicate, Laplacian then Gaussian', 'replicate', [laplace, gauss], fixed.gauss_of_lapl],
    ['replicate, Gaussian then Laplacian', 'replicate', [gauss, laplace], fixed.lapl_of_gauss],
    ['padding 1, Laplacian then Gaussian', 1, [laplace, gauss], pad1.gauss_of_lapl],
    ['padding 1, Gaussian then Laplacian', 1, [gauss, laplace], pad1.lapl_of_gauss],
  ] as const)('%s', (_, boundary, order, expected) => {
    const { data } = filtered(bandOf([list]), pipelineOf(order, { boundary }))
    expect([...data]).toEqual(expected.map((v) => expect.closeTo(v, 12)))
  })
})
