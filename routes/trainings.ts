import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { HttpError } from '../src/errors.ts'
import { jobDetail } from '../src/plugins/job-answers.ts'
import { trainOperation } from '../src/plugins/job-operations.ts'
import { readTraining } from '../src/plugins/training-inputs.ts'

/** POST /v1/trainings: a network and data in, a job out. */
export const trainingRoute: FastifyPluginAsyncZod = async (app) => {
  const checkRoom = (): void => {
    if (app.jobs.isFull)
      throw new HttpError('queue-full', 'as many trainings as can be are under way', {
        headers: { 'retry-after': '10' },
      })
  }

  app.post('/v1/trainings', { config: { operation: trainOperation } }, async (request, reply) => {
    // before the body is read, and again afterwards: others came meanwhile
    checkRoom()
    const { facts, setup, state } = await readTraining(request)
    checkRoom()
    const job = await app.jobs.start(facts, setup, state)
    return reply.code(202).header('location', `/v1/jobs/${job.id}`).send(jobDetail(job))
  })
}
