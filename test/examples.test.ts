import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as z from 'zod'
import { kernelNames } from '../src/core/kernels/list.ts'
import { writeNpy } from '../src/imaging/npy.ts'
import { rotationSchema } from '../src/schemas/augment.ts'
import { explanationSchema } from '../src/schemas/explanation.ts'
import { filterListSchema } from '../src/schemas/filter-list.ts'
import { comparisonSchema, compositionSchema, filteredSchema, numbersSchema } from '../src/schemas/filters.ts'
import { methodListSchema } from '../src/schemas/methods.ts'
import { modelSchema } from '../src/schemas/models.ts'
import { predictionSchema } from '../src/schemas/predict.ts'
import { problemListSchema, serviceSchema, statusSchema } from '../src/schemas/service.ts'
import { type Service, startService, stopService } from './helpers/service.ts'

/** The example that openapi.yaml shows for a schema, which it must fit. */
const exampleOf = <S extends z.ZodType>(schema: S): z.output<S> => schema.parse(schema.meta()?.example)

/** Scores may differ in their last digits from processor to processor; this many are the same. */
const DIGITS = 3

/** The same, with every fraction only near to what it was. */
function nearly(value: unknown): unknown {
  if (typeof value === 'number' && !Number.isInteger(value)) return expect.closeTo(value, DIGITS)
  if (Array.isArray(value)) return value.map(nearly)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, nearly(item)]))
}

describe('the examples in openapi.yaml are what the service answers', () => {
  let service: Service
  beforeAll(async () => {
    service = await startService()
  })
  afterAll(() => stopService(service))

  const get = async (url: string) => (await service.app.inject({ url })).json()
  const ask = async (url: string) => {
    const answer = await service.app.inject({
      method: 'POST',
      url: `/v1/models/efficientnet-lite0/${url}`,
      payload: readFileSync('test/fixtures/photos/chelsea.png'),
      headers: { 'content-type': 'image/png' },
    })
    return answer.json()
  }

  it('for a prediction', async () => {
    const { timings, ...answer } = await ask('predict?top=2')
    const example = exampleOf(predictionSchema)
    expect(example).toEqual({ ...z.looseObject({}).parse(nearly(answer)), timings: example.timings })
    expect(Object.keys(timings).sort()).toEqual(Object.keys(example.timings).sort())
  })

  it('for an explanation', async () => {
    const { timings, ...answer } = await ask('explain?method=grad-cam&upsample=none&format=json')
    const example = exampleOf(explanationSchema)
    expect(example).toEqual({ ...z.looseObject({}).parse(nearly(answer)), timings: example.timings })
    expect(Object.keys(timings).sort()).toEqual(Object.keys(example.timings).sort())
  })

  const filterNumbers = async (url: string, body: object) => {
    const headers = { 'content-type': 'application/json' }
    return (await service.app.inject({ method: 'POST', url, payload: body, headers })).json()
  }

  it('for filtered numbers', async () => {
    const { timings, ...answer } = await filterNumbers('/v1/filter', exampleOf(numbersSchema))
    const example = exampleOf(filteredSchema)
    expect(example).toEqual({ ...z.looseObject({}).parse(nearly(answer)), timings: example.timings })
    expect(Object.keys(timings).sort()).toEqual(Object.keys(example.timings).sort())
  })

  it('for a comparison', async () => {
    const { data, pipeline } = exampleOf(numbersSchema)
    const { timings, ...answer } = await filterNumbers('/v1/filter/compare', { data, pipeline, boundary: 1 })
    const example = exampleOf(comparisonSchema)
    expect(example).toEqual({ ...z.looseObject({}).parse(nearly(answer)), timings: example.timings })
    expect(Object.keys(timings).sort()).toEqual(Object.keys(example.timings).sort())
  })

  it('for a composition', async () => {
    const { response, ...answer } = await get('/v1/filter/compose?filter=average:1x2&filter=average:1x2')
    const { response: shown, ...example } = exampleOf(compositionSchema)
    expect(example).toEqual(z.looseObject({}).parse(nearly(answer)))
    expect([response.frequencies.at(0), response.frequencies.at(-1)]).toEqual(shown.frequencies)
  })

  it('for the list of filters', async () => {
    const { filters, step, settings } = filterListSchema.parse(await get('/v1/filters'))
    const shown = exampleOf(filterListSchema)
    for (const example of shown.filters)
      expect(filters.find(({ id }) => id === example.id)).toEqual(nearly(example))
    for (const example of shown.step) expect(step).toContainEqual(example)
    for (const example of shown.settings) expect(settings).toContainEqual(example)
  })

  it('for a gap', async () => {
    const { gap } = await ask('explain?method=integrated-gradients&format=json')
    // of some 10 between the two scores; a unit at its kink moves the third digit
    expect(explanationSchema.shape.gap.meta()?.example).toBeCloseTo(gap, 2)
  })

  it('for a rotation', async () => {
    const answer = await service.app.inject({
      method: 'POST',
      url: '/v1/augment/rot90?k=1&format=json',
      payload: writeNpy({ shape: [2, 3], data: Uint8Array.of(0, 1, 2, 3, 4, 5) }),
      headers: { 'content-type': 'application/x-npy' },
    })
    const { timings, ...rotation } = answer.json()
    const example = exampleOf(rotationSchema)
    expect(example).toEqual({ ...rotation, timings: example.timings })
    expect(Object.keys(timings).sort()).toEqual(Object.keys(example.timings).sort())
  })

  it('for the model', async () => {
    const { id, ...card } = exampleOf(modelSchema)
    expect(await get(`/v1/models/${id}`)).toMatchObject({ ...card, status: expect.any(String) })
  })

  it('for methods', async () => {
    const list = await get('/v1/methods')
    const { methods, parameters } = exampleOf(methodListSchema)
    expect(list.parameters).toEqual(expect.arrayContaining(parameters))
    for (const { parameters: own, ...method } of methods) {
      const same = list.methods.find(({ id }: { id: string }) => id === method.id)
      expect(same).toMatchObject(method)
      expect(same.parameters).toEqual(expect.arrayContaining(own))
    }
  })

  it('for the service, whose kernels have their names and one of the variants', async () => {
    const { kernels, paths } = await get('/v1')
    const example = exampleOf(serviceSchema)
    expect(paths).toEqual(expect.arrayContaining(example.paths))
    expect(Object.keys(kernels)).toEqual(kernelNames)
    for (const [name, variant] of Object.entries({ ...kernels, ...example.kernels })) {
      expect(kernelNames).toContain(name)
      expect(variant).toMatch(new RegExp(`^${name}-(fma|plain)(-revectorized)?$`))
    }
  })

  it('for health and problems', async () => {
    expect(await get('/livez')).toEqual(exampleOf(statusSchema))
    const { problems } = await get('/problems')
    expect(problems).toEqual(expect.arrayContaining(exampleOf(problemListSchema).problems))
  })
})
