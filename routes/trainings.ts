import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { jobDetail } from '../src/plugins/job-answers.ts'
import { trainOperation } from '../src/plugins/job-operations.ts'
import { readTraining } from '../src/plugins/training-inputs.ts'

/** POST /v1/trainings: a network and data in, a job out. */
export const trainingRoute: FastifyPluginAsyncZod = async (app) => {
  app.post('/v1/trainings', { config: { operation: trainOperation } }, async (request, reply) => {
    // before the body is read; the start looks again
    app.jobs.checkRoom()
    const { facts, setup, state } = await readTraining(request)
    const job = await app.jobs.start(facts, setup, state)
    return reply.code(202).header('location', `/v1/jobs/${job.id}`).send(jobDetail(job))
  })
}
