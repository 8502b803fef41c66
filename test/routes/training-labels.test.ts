import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { writeNpy } from '../../src/imaging/npy.ts'
import { type Service, startService, stopService } from '../helpers/service.ts'
import { over, train, xor } from '../helpers/trainings.ts'

let service: Service

beforeAll(async () => {
  service = await startService({ WORKERS: '1' })
}, 60_000)
afterAll(() => stopService(service))

const { inputs } = xor.data
/** A training of a network with so many outputs. */
const training = (id: string, units: number, data: object) => ({
  model: { id, input: [2], layers: [{ type: 'fullyConnected', units }] },
  data: { inputs, ...data },
  optimizer: { type: 'sgd', learningRate: 0.1 },
  epochs: 2,
})
const labelsOf = async (id: string) =>
  (await service.app.inject({ url: `/v1/models/${id}` })).json().labels as readonly string[]

describe('labels of a training', () => {
  it('are those of the model, as in PUT, where the data have none', async () => {
    const { model, ...rest } = training('named', 1, { targets: [0, 1, 1, 0] })
    const named = { ...rest, model: { ...model, labels: ['equal', 'different'] } }
    await over(service.app, String((await train(service.app, named)).headers.location))
    expect(await labelsOf('named')).toEqual(['different'])
  })

  it('are those that a trace of an array or a picture is asked with, of a single output too', async () => {
    const { model, ...rest } = training('two', 1, { targets: ['neg', 'pos', 'pos', 'neg'] })
    await over(service.app, String((await train(service.app, { ...rest, model })).headers.location))
    const lossOf = async (target: string) => {
      const answer = await service.app.inject({
        method: 'POST',
        url: `/v1/models/two/trace?target=${target}&loss=mse`,
        headers: { 'content-type': 'application/x-npy' },
        payload: writeNpy({ shape: [1, 2], data: new Float32Array(2) }),
      })
      const { loss, output } = answer.json()
      return [loss.value, output.data.flat()[0]]
    }
    for (const [target, t] of [
      ['neg', 0],
      ['0', 0],
      ['pos', 1],
      ['1', 1],
    ] as const) {
      const [loss, y] = await lossOf(target)
      expect(loss).toBeCloseTo((y - t) ** 2, 6)
    }
  })

  it.each([
    ['too few', { labels: ['a', 'b'] }, {}, /expected 3 labels/i],
    ['in two places', { labels: ['a', 'b', 'c'] }, { labels: ['x', 'y'] }, /got both/],
  ])('of the model are refused: %s', async (_, own, inData, says) => {
    const { model, data, ...rest } = training('refused', 3, { targets: [0, 1, 2, 0] })
    const body = { ...rest, model: { ...model, ...own }, data: { ...data, ...inData } }
    const answer = await train(service.app, body)
    expect(answer.statusCode).toBe(422)
    expect(answer.json().detail).toMatch(says)
  })

  it('that come twice are refused before the first step', async () => {
    const { model, ...rest } = training('twice', 2, { targets: [0, 1, 1, 0] })
    const answer = await train(service.app, { ...rest, model: { ...model, labels: ['same', 'same'] } })
    expect(answer.json()).toMatchObject({
      status: 422,
      errors: [{ message: 'expected each label once, got "same" twice' }],
    })
  })

  it.each([
    ['labels of one output', 1, { targets: ['a', 'b', 'b', 'a'] }, ['b'], ['a', 'b']],
    [
      'names of the numbers 0 and 1',
      1,
      { targets: [0, 1, 1, 0], labels: ['equal', 'different'] },
      ['different'],
      ['equal', 'different'],
    ],
    [
      'fewer labels than outputs',
      3,
      { targets: ['a', 'b', 'b', 'a'] },
      ['a', 'b', 'class 2'],
      ['a', 'b', 'class 2'],
    ],
    [
      'fewer names than outputs',
      3,
      { targets: [0, 1, 2, 0], labels: ['x', 'y'] },
      ['x', 'y', 'class 2'],
      ['x', 'y', 'class 2'],
    ],
  ])('come to the network: %s', async (_, units, data, outputs, classes) => {
    const answer = await train(service.app, training('labelled', units, data))
    expect(answer.statusCode).toBe(202)
    const job = await over(service.app, String(answer.headers.location))
    expect([job.status, job.verdict]).toEqual(['finished', undefined])
    expect(await labelsOf('labelled')).toEqual(outputs)
    const map = await service.app.inject({
      method: 'POST',
      url: '/v1/models/labelled/decision-map?format=json',
      payload: { points: inputs, resolution: 16 },
    })
    expect(map.json().classes).toEqual(classes)
  })

  it('are those of the network that is trained further', async () => {
    const first = await train(service.app, training('further', 1, { targets: ['a', 'b', 'b', 'a'] }))
    await over(service.app, String(first.headers.location))
    const second = await train(service.app, {
      ...training('', 1, { targets: ['b', 'a', 'a', 'b'] }),
      model: 'further',
    })
    expect((await over(service.app, String(second.headers.location))).status).toBe('finished')
    expect(await labelsOf('further')).toEqual(['b'])
  })

  it.each([
    [
      'more names than classes',
      training('x', 2, { targets: [0, 1, 1, 0], labels: ['a', 'b', 'c'] }),
      422,
      'data.labels',
    ],
    ['a label of two lines', training('x', 2, { targets: ['a', 'b\nc', 'a', 'a'] }), 422, 'data.targets'],
    [
      'an id of a model that was not made here',
      training('mnist-cnn', 2, { targets: [0, 1, 1, 0] }),
      409,
      'model',
    ],
  ])('are refused before the first step: %s', async (_, body, status, parameter) => {
    const answer = await train(service.app, body)
    expect(answer.json()).toMatchObject({ status, errors: [{ parameter }] })
  })
})
