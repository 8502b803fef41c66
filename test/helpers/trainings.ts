import { readFileSync } from 'node:fs'
import type { FastifyInstance } from 'fastify'

const { xor_numpy_seed0: fixture } = JSON.parse(
  readFileSync(new URL('../fixtures/seeds.json', import.meta.url), 'utf8'),
)

const transposed = (rows: number[][]): number[][] =>
  (rows[0] ?? []).map((_, j) => rows.map((row) => row[j] ?? 0))

/** The losses of XOR as NumPy trains it. */
export const xorLosses: readonly number[] = fixture.loss

/** XOR as the fixture has it, from its initial weights. */
export const xor = {
  model: {
    id: 'xor',
    input: [2],
    layers: [
      { type: 'fullyConnected', units: 30, bias: false, weights: transposed(fixture.w1_init) },
      { type: 'relu' },
      { type: 'fullyConnected', units: 1, bias: false, weights: transposed(fixture.w2_init) },
    ],
  },
  data: {
    inputs: [
      [0, 0],
      [0, 1],
      [1, 0],
      [1, 1],
    ],
    targets: [[0], [1], [1], [0]],
  },
  loss: 'sum-squared-error',
  optimizer: { type: 'sgd', learningRate: fixture.lr },
  epochs: fixture.steps,
  batchSize: 'full',
  precision: 'float64',
}

export const train = (app: FastifyInstance, training: object) =>
  app.inject({ method: 'POST', url: '/v1/trainings', payload: training })

/** The data of a job's events, each with its name and id. They end when the job does. */
export async function eventsOf(
  app: FastifyInstance,
  job: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<{ event: string; id: number; data: Readonly<Record<string, unknown>> }[]> {
  const { body } = await app.inject({ url: `${job}/events`, headers })
  return body
    .split('\n\n')
    .filter((block) => block.startsWith('event:'))
    .map((block) => {
      const [event = '', id = '', data = ''] = block.split('\n').map((line) => line.replace(/^\w+: /, ''))
      return { event, id: Number(id), data: JSON.parse(data) }
    })
}

/** A job when it is over. */
export async function over(app: FastifyInstance, job: string) {
  await eventsOf(app, job)
  return (await app.inject({ url: job })).json()
}
