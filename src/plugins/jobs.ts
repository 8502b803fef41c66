import fp from 'fastify-plugin'
import type { Engine } from '../engine.ts'
import { HttpError } from '../errors.ts'
import type { Checkpoints } from '../networks/checkpoints.ts'
import type { Job } from '../networks/job.ts'
import { Jobs } from '../networks/jobs.ts'
import type { NetworkStore } from '../networks/store.ts'
import { PoolError } from '../pool/errors.ts'
import { echo } from '../schemas/query.ts'

declare module 'fastify' {
  interface FastifyInstance {
    readonly jobs: Jobs
    readonly networkStore: NetworkStore
  }
}

/** Where trainings and what comes of them are kept. */
export interface Keeping {
  readonly store: NetworkStore
  /** none: trainings do not outlive the process */
  readonly checkpoints: Checkpoints | undefined
  /** milliseconds between two checkpoints of one training; by default 2000 */
  readonly checkpointMs?: number
}

interface JobsOptions extends Keeping {
  readonly engine: Engine
}

/** Trainings: those of earlier processes are there as ended or interrupted, and when this one ends, its own will be. */
export const jobs = fp<JobsOptions>(async (app, { engine, store, checkpoints, checkpointMs }) => {
  const jobs = new Jobs({
    admit: (setup) => engine.admitTraining(setup),
    store,
    checkpoints,
    ...(checkpointMs !== undefined && { checkpointMs }),
    isShutdown: (error) =>
      error instanceof PoolError && (error.kind === 'draining' || error.kind === 'cancelled'),
    onFailure: ({ id, facts }, err) =>
      app.log.error({ err, job: id, model: facts.model }, 'a fault of a training'),
  })
  const { unbegun, broken } = await jobs.restore()
  for (const id of unbegun) app.log.info({ job: id }, 'a job that had not begun is removed')
  for (const { id, reason } of broken) app.log.warn({ job: id, reason }, 'the files of a job cannot be read')
  app.decorate('jobs', jobs)
  app.decorate('networkStore', store)
  // before the connections end: streams of events end by it
  app.addHook('preClose', () => jobs.close())
})

/** A job by its id. Throws `unknown-job`. */
export function findJob(jobs: Jobs, id: string): Job {
  const job = jobs.get(id)
  if (job) return job
  throw new HttpError('unknown-job', `there is no job ${echo(id)}`)
}
