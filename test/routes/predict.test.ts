import { describe, expect, test } from 'vitest'
import { predictionSchema } from '../../src/schemas/predict.ts'
import { fakeEngine, png, testApp } from '../helpers/app.ts'
import { FORM, form, npy, PREDICT, part, post } from '../helpers/requests.ts'

const image = await png()

describe('predict', () => {
  test('names the likeliest classes, five unless asked otherwise', async () => {
    const app = await testApp()
    const body = (await post(app, { body: image, url: PREDICT })).json()
    expect(predictionSchema.parse(body)).toEqual(body)
    expect(body.predictions).toHaveLength(5)
    expect(body.predictions[0]).toEqual({ index: 1, label: 'tiger cat', probability: 0.6, score: 3 })
    expect(body).not.toHaveProperty('logits')
  })

  test('has no more classes than the model', async () => {
    const body = (await post(await testApp(), { body: image, url: PREDICT, query: 'top=100' })).json()
    expect(body.predictions.map(({ index }: { index: number }) => index)).toEqual([1, 2, 3, 0, 4, 5, 6, 7])
  })

  test('brings all logits along when asked', async () => {
    const body = (
      await post(await testApp(), { body: image, url: PREDICT, query: 'scores=all&top=1' })
    ).json()
    expect(body.logits).toEqual({ shape: [8], datatype: 'FP32', data: [0.1, 3, 2, 1, 0, 0, -1, -2] })
  })

  test('runs a batch as one job and answers in order', async () => {
    const engine = fakeEngine()
    const app = await testApp({ engine })
    const body = form(part(image), part(await png(8, 24)))
    const answers = (await post(app, { body, headers: FORM, url: PREDICT })).json()
    expect(answers.map(({ image }: { image: object }) => image)).toEqual([
      { width: 16, height: 16 },
      { width: 8, height: 24 },
    ])
    expect(engine.jobs.map(({ input }) => input.shape)).toEqual([[2, 3, 8, 8]])
  })

  test('takes a tensor of several images', async () => {
    const answer = await post(await testApp(), {
      body: npy([3, 3, 8, 8]),
      headers: { 'content-type': 'application/x-npy' },
      url: `${PREDICT}?top=1`,
    })
    expect(answer.json()).toHaveLength(3)
  })

  test('takes a tensor in JSON', async () => {
    const answer = await post(await testApp(), {
      body: JSON.stringify({ shape: [2, 3, 8, 8], datatype: 'FP32', data: new Array(384).fill(0) }),
      headers: { 'content-type': 'application/json' },
      url: `${PREDICT}?top=1`,
    })
    expect(answer.json()).toHaveLength(2)
  })
})
