import { describe, expect, test } from 'vitest'
import { decodeRaster } from '../../src/imaging/raster.ts'
import type { StoredNetwork } from '../../src/networks/store.ts'
import { fakeEngine, testApp } from '../helpers/app.ts'
import { trainedOnCirclesAndCrosses } from '../networks/circles-and-crosses.ts'

const trained = trainedOnCirclesAndCrosses(3, 1)
const validated: StoredNetwork = {
  ...trained,
  id: 'validated',
  history: trained.history.map((record) => ({
    ...record,
    validationLoss: record.epoch === 1 ? null : (record.epoch - 100) ** 2,
    validationAccuracy: 0.5,
  })),
}
const networks = [trained, validated, { ...trained, id: 'fresh', history: [], diagnostics: [] }]

const get = async (model: string, query = '', headers: Record<string, string> = {}) =>
  (await testApp({ engine: fakeEngine({ networks }) })).inject({
    url: `/v1/models/${model}/history${query}`,
    headers,
  })

describe('GET /v1/models/{model}/history', () => {
  test('says all epochs and the best one', async () => {
    const answer = (await get('circles')).json()
    expect(answer).toMatchObject({ model: 'circles', loss: 'cross-entropy' })
    expect(answer.epochs).toEqual(trained.history)
    expect(answer.diagnostics).toEqual(trained.diagnostics)
    const least = Math.min(...trained.history.map(({ loss }) => loss))
    expect(answer.best.loss).toBe(least)
  })

  test('judges by validation where there is some', async () => {
    expect((await get('validated')).json().best).toEqual({ epoch: 100, loss: 0 })
  })

  test('of a network that was not trained is empty', async () => {
    expect((await get('fresh')).json()).toEqual({
      model: 'fresh',
      loss: 'cross-entropy',
      epochs: [],
      diagnostics: [],
    })
  })

  test.each([
    ['circles', '?format=png', {}],
    ['validated', '', { accept: 'image/png' }],
  ])('draws %s as a PNG', async (model, query, headers) => {
    const answer = await get(model, query, headers)
    expect(answer.headers['content-type']).toBe('image/png')
    expect((await decodeRaster(answer.rawPayload)).width).toBe(1920)
  })

  test('draws an SVG that needs no fonts', async () => {
    const answer = await get('circles', '?format=svg')
    expect(answer.headers['content-type']).toBe('image/svg+xml')
    expect(answer.body).toMatch(
      /^<svg .*<title>Training of circles: 400 epochs · cross-entropy · adam · accuracy at the end: \d/,
    )
  })

  test.each([
    ['nobody', '', 404, 'unknown-model', [], /no model "nobody"/],
    ['tiny', '', 409, 'not-a-network', [], /"tiny" is an ONNX file alone/],
    ['fresh', '?format=png', 422, 'invalid-parameter', ['model'], /fresh, which has no history yet/],
    ['circles', '?format=gif', 422, 'invalid-parameter', ['format'], /json, png or svg/],
    ['circles', '?fromat=png', 422, 'invalid-parameter', ['fromat'], /did you mean "format"/],
  ])('refuses %s%s', async (model, query, status, type, parameters, says) => {
    const answer = await get(model, query)
    expect(answer.json()).toMatchObject({ status, type: `/problems/${type}` })
    expect((answer.json().errors ?? []).map(({ parameter }: { parameter: string }) => parameter)).toEqual(
      parameters,
    )
    expect(answer.json().detail).toMatch(says)
  })

  test('refuses a format that it does not have', async () => {
    expect((await get('circles', '', { accept: 'image/webp' })).statusCode).toBe(406)
  })
})
