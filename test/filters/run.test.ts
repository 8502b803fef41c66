import { describe, expect, it } from 'vitest'
import '../helpers/to-be-close.ts'
import type { FilterJob } from '../../src/filters/job.ts'
import { kinds } from '../../src/filters/kinds/index.ts'
import { plain } from '../../src/filters/plain.ts'
import { filteredSamples } from '../../src/filters/run.ts'
import { type Samples, samplesOf } from '../../src/filters/samples.ts'
import { MODES, SIZES } from '../../src/filters/window.ts'
import { fastArithmetic } from './fast.ts'
import { fixtures } from './fixtures.ts'
import { bandOf, boundaryOf } from './pictures.ts'

const fast = fastArithmetic()

function samples(name: string, type: 'uint8' | 'float32'): Samples {
  const { rows, columns, channels, data } = bandOf(fixtures.images[name] ?? [])
  const own = samplesOf(type, data.length)
  own.set(data)
  return { rows, columns, channels, type, alpha: false, data: own }
}

const jobOf = (source: Samples, kernel: string, rest: Partial<FilterJob['pipeline']>): FilterJob => ({
  kind: 'filter',
  source,
  pipeline: {
    steps: [{ type: 'custom', params: { kernel: fixtures.kernels[kernel] }, combine: 'replace', amount: 1 }],
    boundary: 0,
    size: 'same',
    mode: 'corr',
    intermediate: 'float',
    ...rest,
  },
  output: source.type === 'uint8' ? 'clamp' : 'float',
  light: 'encoded',
  precision: 'float32',
  as: { kind: 'picture' },
})

const numbersOf = ({ rows, columns, channels, data }: Samples) => ({ shape: [rows, columns, channels], data })

describe('in float32 by the kernels, results are those of Octave', () => {
  it.each(fixtures.cases.map((c) => [`${c.i} ${c.k} ${c.b} ${c.s} ${c.m}`, c] as const))('%s', (_, c) => {
    const got = filteredSamples(
      fast,
      jobOf(samples(c.i, 'float32'), c.k, {
        boundary: boundaryOf(c.b),
        size: SIZES.find((size) => size === c.s) ?? 'same',
        mode: MODES.find((mode) => mode === c.m) ?? 'corr',
      }),
    )
    expect(got.type).toBe('float32')
    expect(numbersOf(got)).toBeClose(numbersOf({ ...got, ...bandOf(c.o) }), { relative: 1e-5 })
  })
})

describe('8-bit pictures are equal to MATLAB’s', () => {
  const cases = fixtures.saturation.filter(({ class: type }) => type === 'uint8')
  it.each(cases.map((c) => [`${c.i} ${c.k} ${c.b}`, c] as const))('%s', (_, c) => {
    const got = filteredSamples(fast, jobOf(samples(c.i, 'uint8'), c.k, { boundary: boundaryOf(c.b) }))
    expect(got.type).toBe('uint8')
    expect(numbersOf(got)).toBeClose(numbersOf({ ...got, ...bandOf(c.o) }), {})
  })
})

describe('the kernels and the definitions agree', () => {
  const picture = samples('rgb', 'float32')
  const steps = [...kinds.values()].filter(({ params }) => params.safeParse({}).success).map(({ id }) => id)
  it.each(steps)('%s', (type) => {
    const params = kinds.get(type)?.params.parse({}) ?? {}
    const job = { ...jobOf(picture, 'average_3x3', { boundary: 'symmetric' }), output: 'float' } as const
    const pipeline = { ...job.pipeline, steps: [{ type, params, combine: 'replace', amount: 1 }] } as const
    const got = filteredSamples(fast, { ...job, pipeline })
    const expected = filteredSamples(plain, { ...job, pipeline })
    expect(numbersOf(got)).toBeClose(numbersOf(expected), { relative: 1e-5 })
  })
})
