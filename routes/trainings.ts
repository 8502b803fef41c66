import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { jobDetail } from '../src/plugins/job-answers.ts'
import { trainOperation } from '../src/plugins/job-operations.ts'
import { readTraining, trainingUploads } from '../src/plugins/training-inputs.ts'

/** Requests that run long wait behind others: one of two runs at least is such a one. */
const RUNS = 2

/** POST /v1/trainings: a network and data in, a job out. */
export const trainingRoute: FastifyPluginAsyncZod = async (app) => {
  app.post('/v1/trainings', { config: { operation: trainOperation } }, async (request, reply) => {
    // before the body is read; the start looks again
    app.jobs.checkRoom()
    request.checkRoom()
    const uploads = await trainingUploads(request)
    const { facts, begun } = await request.inTurn(RUNS, (place) => readTraining(request, uploads, place))
    try {
      const job = await app.jobs.start(facts, begun)
      return reply.code(202).header('location', `/v1/jobs/${job.id}`).send(jobDetail(job))
    } catch (error) {
      begun.release()
      throw error
    }
  })
}
