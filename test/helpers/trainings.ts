import type { FastifyInstance } from 'fastify'
import { numpyXor, xorSpec } from './xor.ts'

/** The losses of XOR as NumPy trains it. */
export const xorLosses: readonly number[] = numpyXor.loss

/** XOR as the fixture has it, from its initial weights. */
export const xor = {
  model: { id: 'xor', ...xorSpec() },
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
  optimizer: { type: 'sgd', learningRate: numpyXor.lr },
  epochs: numpyXor.steps,
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
