import { Readable } from 'node:stream'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { jobDetail, jobSummary } from '../src/plugins/job-answers.ts'
import { jobEvents } from '../src/plugins/job-events.ts'
import { eventsOperation, resumeOperation } from '../src/plugins/job-operations.ts'
import { findJob } from '../src/plugins/jobs.ts'
import { jobListSchema, jobParams, jobSchema } from '../src/schemas/jobs.ts'

/** /v1/jobs: trainings under way and over, one of them, its events; stopping it and going on with it. */
export const jobRoutes: FastifyPluginAsyncZod = async (app) => {
  app.get(
    '/v1/jobs',
    {
      schema: { response: { 200: jobListSchema } },
      config: {
        operation: {
          operationId: 'listJobs',
          tag: 'networks',
          summary: 'All jobs',
          problems: ['not-ready', 'shutting-down'],
        },
      },
    },
    async () => ({ jobs: app.jobs.list().map(jobSummary) }),
  )

  app.get(
    '/v1/jobs/:id',
    {
      schema: { params: jobParams, response: { 200: jobSchema } },
      config: {
        operation: {
          operationId: 'getJob',
          tag: 'networks',
          summary: 'One job with all of its epochs',
          problems: ['unknown-job', 'not-ready', 'shutting-down'],
        },
      },
    },
    async ({ params }) => jobDetail(findJob(app.jobs, params.id)),
  )

  app.delete(
    '/v1/jobs/:id',
    {
      schema: { params: jobParams, response: { 200: jobSchema } },
      config: {
        operation: {
          operationId: 'cancelJob',
          tag: 'networks',
          summary: 'Stops a job',
          description:
            'After the step that it is at: half a second or so, longer where a step takes longer or the training waits behind requests; a deadline that passes meanwhile stops it all the same. The best weights so far become the network: by the samples held back, or else by the loss of each epoch; before the first one is over there are none, and a network of its id stays as it was. A job that has ended stays as it is; one whose network cannot be stored is interrupted, and its verdict says why.',
          problems: ['unknown-job', 'not-ready', 'shutting-down', 'deadline-exceeded'],
        },
      },
    },
    async ({ params }) => {
      const job = findJob(app.jobs, params.id)
      await app.jobs.cancel(job)
      return jobDetail(job)
    },
  )

  app.post(
    '/v1/jobs/:id/resume',
    { schema: { params: jobParams }, config: { operation: resumeOperation } },
    async ({ params }, reply) => {
      const job = findJob(app.jobs, params.id)
      await app.jobs.resume(job)
      return reply.code(202).header('location', `/v1/jobs/${job.id}`).send(jobDetail(job))
    },
  )

  app.get(
    '/v1/jobs/:id/events',
    { schema: { params: jobParams }, config: { operation: eventsOperation } },
    async (request, reply) => {
      const job = findJob(app.jobs, request.params.id)
      const after = /^\d{1,15}$/.exec(String(request.headers['last-event-id'] ?? ''))?.[0]
      return (
        reply
          .type('text/event-stream')
          .header('cache-control', 'no-store')
          // it has lasted long, and would hold up a service that is about to end
          .header('connection', 'close')
          .header('x-accel-buffering', 'no')
          .send(Readable.from(jobEvents(job, Number(after ?? 0))))
      )
    },
  )
}
