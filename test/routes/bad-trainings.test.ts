import { describe, expect, it } from 'vitest'
import { writeNpy } from '../../src/imaging/npy.ts'
import { problemSchema } from '../../src/schemas/problem.ts'
import { fakeEngine, testApp } from '../helpers/app.ts'
import { temporaryFolder } from '../helpers/folder.ts'
import { FORM, form, part } from '../helpers/requests.ts'
import { train, xor } from '../helpers/trainings.ts'

const { data, model, ...rest } = xor
const layers = [{ type: 'fullyConnected', units: 1 }]
const asJson = (body: object) => ({
  payload: JSON.stringify(body),
  headers: { 'content-type': 'application/json' },
})
const field = (name: string, bytes: Buffer | string) =>
  part(bytes, `content-disposition: form-data; name="${name}"; filename="a"`)
const asForm = (...parts: readonly Buffer[]) => ({ payload: form(...parts), headers: FORM })
const training = field('training', JSON.stringify({ model, ...rest }))
const npy = (shape: number[], data: Float64Array) => writeNpy({ shape, data })

interface Sent {
  readonly payload: string | Buffer
  readonly headers: Readonly<Record<string, string>>
}

describe('POST /v1/trainings', () => {
  it.each<[string, Sent, number, string[], RegExp]>([
    [
      'text that is no JSON',
      { ...asJson({}), payload: '{"model": NaN}' },
      422,
      ['training'],
      /no NaN and no infinity/,
    ],
    [
      'weights nested without end',
      {
        ...asJson({}),
        payload: `{"model":{"id":"x","input":[2],"layers":[{"type":"fullyConnected","units":1,"weights":${'['.repeat(20_000)}${']'.repeat(20_000)}}]}}`,
      },
      422,
      ['training'],
      /at most 64 lists and objects within each other/,
    ],
    ['no model', asJson({ data }), 422, ['model'], /model/],
    ['an unknown network', asJson({ ...xor, model: 'nobody' }), 404, [], /no network "nobody"/],
    [
      'a network without an id',
      asJson({ ...xor, model: { input: [2], layers } }),
      422,
      ['model'],
      /id of a network, or an object with id, input and layers/,
    ],
    [
      'an id that is no name',
      asJson({ ...xor, model: { ...model, id: '../x' } }),
      422,
      ['model.id'],
      /model/,
    ],
    [
      'inputs that float32 has not',
      asJson({ ...xor, precision: 'float32', data: { inputs: [[0, 1e39]], targets: [1] } }),
      422,
      ['data.inputs'],
      /numbers that float32 has, up to 3\.4e38, got 1e\+39 at \[0, 1\]/,
    ],
    [
      'weights that no kernel computes with',
      asJson({
        ...xor,
        model: {
          ...model,
          layers: [{ type: 'fullyConnected', units: 1, bias: false, weights: [1e300, 1] }],
        },
      }),
      422,
      ['model.fullyConnected_1.weight'],
      /numbers that float32 has, up to 3\.4e38, got 1e\+300/,
    ],
    [
      'a table in another encoding',
      asForm(
        field('training', JSON.stringify({ ...rest, model: { id: 'x', input: [1], layers } })),
        field('csv', Buffer.from('1,K\xe4se\n2,Brot\n', 'latin1')),
      ),
      422,
      ['csv'],
      /text in UTF-8/,
    ],
    [
      'an unknown layer',
      asJson({ ...xor, model: { ...model, layers: [{ type: 'dense' }] } }),
      422,
      ['model.layers[0].type'],
      /no layer "dense": take one of conv2d/,
    ],
    [
      'shapes that do not fit',
      asJson({ ...xor, model: { ...model, layers: [{ type: 'conv2d', filters: 1 }] } }),
      422,
      ['model.layers[0]'],
      /channels, rows and columns, got \[2\]/,
    ],
    [
      'too many parameters',
      asJson({
        ...xor,
        model: {
          ...model,
          layers: [
            { type: 'fullyConnected', units: 60_000 },
            { type: 'fullyConnected', units: 60_000 },
          ],
        },
      }),
      422,
      ['model.layers'],
      /[Ee]xpected at most .* weights, got 3600/,
    ],
    ['no data', asJson({ model, ...rest }), 422, ['data'], /got none/],
    [
      'data in two places',
      asJson({ ...xor, data: { ...data, csv: '1,2,3' } }),
      422,
      ['data'],
      /got data.inputs and data.csv/,
    ],
    [
      'no targets',
      asJson({ ...xor, data: { inputs: data.inputs } }),
      422,
      ['data.targets'],
      /a list, got nothing/,
    ],
    [
      'an empty set',
      asJson({ ...xor, data: { inputs: [], targets: [] } }),
      422,
      ['data.inputs', 'data.targets'],
      />=1|at least|small/i,
    ],
    [
      'ragged rows',
      asJson({ ...xor, data: { inputs: [[0, 0], [1]], targets: [0, 1] } }),
      422,
      ['data.inputs'],
      /a list of 2 at \[1\]/,
    ],
    [
      'decimal commas',
      asJson({ ...xor, data: { csv: '0,5;1;1' } }),
      422,
      ['data.csv'],
      /a point before decimals, got a comma in 0,5/,
    ],
    [
      'one class',
      asJson({ ...xor, loss: 'binary-cross-entropy', data: { inputs: data.inputs, targets: [1, 1, 1, 1] } }),
      422,
      ['data.targets'],
      /two classes at least/,
    ],
    ['an unknown loss', asJson({ ...xor, loss: 'hinge' }), 422, ['loss'], /loss/],
    [
      'an unknown optimiser',
      asJson({ ...xor, optimizer: { type: 'magic' } }),
      422,
      ['optimizer.type'],
      /optimizer/,
    ],
    [
      'a rate below 0',
      asJson({ ...xor, optimizer: { type: 'sgd', learningRate: -1 } }),
      422,
      ['optimizer.learningRate'],
      /learningRate/,
    ],
    ['no epochs', asJson({ ...xor, epochs: 0 }), 422, ['epochs'], /epochs/],
    [
      'an unknown parameter',
      asJson({ ...xor, epoch: 3 }),
      422,
      ['epoch'],
      /unknown parameter; did you mean "epochs"/,
    ],
    ['all for validation', asJson({ ...xor, validation: 0.99 }), 422, ['validation'], /leave none/],
    [
      'a picture',
      { payload: 'x', headers: { 'content-type': 'image/png' } },
      415,
      [],
      /application\/json or multipart/,
    ],
    ['a form without a training', asForm(field('csv', '1,2,3')), 422, ['training'], /got nothing/],
    [
      'a form with an unknown field',
      asForm(training, field('image', 'x')),
      422,
      ['image'],
      /only fields named training and inputs/,
    ],
    ['a field twice', asForm(training, field('csv', '1,2,3'), field('csv', '1,2,3')), 422, ['csv'], /once/],
    [
      'inputs without targets',
      asForm(training, field('inputs', npy([4, 2], new Float64Array(8)))),
      422,
      ['targets'],
      /an NPY file, got nothing/,
    ],
    [
      'what is no NPY',
      asForm(training, field('inputs', 'x'), field('targets', 'y')),
      422,
      ['inputs'],
      /an NPY file \(numpy.save\), got something else/,
    ],
    [
      'NaN in NPY',
      asForm(
        training,
        field('inputs', npy([1, 2], Float64Array.of(0, Number.NaN))),
        field('targets', npy([1], Float64Array.of(0))),
      ),
      422,
      ['inputs'],
      /got NaN at \[0, 1\]/,
    ],
    [
      'what is no zip',
      asForm(training, field('images', 'x')),
      422,
      ['data.images'],
      /pictures of 1 or 3 channels/,
    ],
  ])('refuses %s', async (_, { payload, headers }, status, parameters, says) => {
    const app = await testApp()
    const answer = await app.inject({
      method: 'POST',
      url: '/v1/trainings',
      payload,
      headers: { ...headers },
    })
    const problem = problemSchema.parse(answer.json())
    expect(problem.status).toBe(status)
    expect(problem.errors?.map(({ parameter }) => parameter) ?? []).toEqual(parameters)
    expect(problem.detail).toMatch(says)
    expect(app.jobs.list()).toEqual([])
  })

  it.each([
    ['in memory', false],
    ['in a folder', true],
  ])('refuses more than 8, however many come at once: jobs %s', async (_, inFolder) => {
    const never = new Promise<void>(() => {})
    const engine = fakeEngine({ work: () => never })
    const app = await testApp({ engine, ...(inFolder && { config: { dataDir: await temporaryFolder() } }) })
    app.jobs.close = async () => {}
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, i) => train(app, { ...xor, model: { ...xor.model, id: `xor-${i}` } })),
    )
    const refused = answers.filter(({ statusCode }) => statusCode !== 202)
    expect(refused).toHaveLength(12)
    for (const { headers, ...answer } of refused) {
      expect(answer.json()).toMatchObject({ status: 503, type: '/problems/queue-full' })
      expect(headers['retry-after']).toBe('10')
    }
  })

  it('takes a form with NPY files, and one with a table', async () => {
    const app = await testApp()
    const inputs = field('inputs', npy([4, 2], Float64Array.of(0, 0, 0, 1, 1, 0, 1, 1)))
    const targets = field('targets', npy([4], Float64Array.of(0, 1, 1, 0)))
    const csv = field('csv', 'a,b,t\n0,0,0\n0,1,1\n1,0,1\n1,1,0\n')
    for (const parts of [[inputs, targets], [csv]]) {
      const { payload, headers } = asForm(training, ...parts)
      const answer = await app.inject({
        method: 'POST',
        url: '/v1/trainings',
        payload,
        headers: { ...headers },
      })
      expect([answer.statusCode, answer.json().epochs]).toEqual([202, 200])
    }
  })
})

describe('/v1/jobs/{id}', () => {
  it.each([
    ['GET', '/v1/jobs/nobody', 404, 'unknown-job'],
    ['DELETE', '/v1/jobs/nobody', 404, 'unknown-job'],
    ['GET', '/v1/jobs/nobody/events', 404, 'unknown-job'],
    ['POST', '/v1/jobs/nobody/resume', 404, 'unknown-job'],
    ['PUT', '/v1/jobs/nobody', 405, 'method-not-allowed'],
  ] as const)('%s %s is refused', async (method, url, status, type) => {
    const answer = await (await testApp()).inject({ method, url })
    expect(answer.json()).toMatchObject({ status, type: `/problems/${type}` })
  })

  it('is resumed only where it is interrupted', async () => {
    const app = await testApp()
    const location = String((await train(app, xor)).headers.location)
    const answer = await app.inject({ method: 'POST', url: `${location}/resume` })
    expect(answer.json()).toMatchObject({ status: 409, type: '/problems/not-interrupted' })
  })
})
