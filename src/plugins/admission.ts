import type { FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import type { Engine, ListedModel, Place, ServedModel } from '../engine.ts'
import { HttpError } from '../errors.ts'
import { MOST_TOGETHER } from '../explain/together.ts'
import { didYouMean } from '../faults/near.ts'
import type { Priority } from '../pool/task.ts'
import { echo } from '../schemas/query.ts'
import { Gate } from './gate.ts'

declare module 'fastify' {
  interface FastifyInstance {
    readonly engine: Engine
  }
  interface FastifyRequest {
    /**
     * Takes a place in the queue, waits for its turn, and does the work, from decoding to encoding. Rejects with PoolError
     * `queue-full` or `draining` at once, and with the reason of `cancelled`. `runs`: how many inputs the
     * model runs on, forwards or for a gradient; requests of a single run go before those of several. `together`: so many
     * requests may be one run, 1 unless said.
     */
    inTurn<T>(runs: number, work: (place: Place) => Promise<T>, together?: number): Promise<T>
    /** Refuses as `inTurn` would, but takes no place: for the moment before a body is read. */
    checkRoom(): void
  }
}

interface AdmissionOptions {
  readonly engine: Engine
  /** requests that threads can work on at a time */
  readonly workers: number
}

/** Requests that are decoded while all threads are busy, so that the next one is there when a thread is free. */
const PREPARED_AHEAD = 2

/** Paths of what needs the engine. */
const COMPUTING = ['/v1/models', '/v1/augment', '/v1/filter?', '/v1/filter/', '/v1/trainings', '/v1/jobs']

/** The engine, and places in its queue that are given back when the work is done or the client has gone. */
export const admission = fp<AdmissionOptions>(async (app, { engine, workers }) => {
  const gate = new Gate(workers * MOST_TOGETHER + PREPARED_AHEAD, workers)
  /** before it, for requests that have a thread to themselves: more of them would only hold memory */
  const narrow = new Gate(workers + PREPARED_AHEAD, workers)
  app.decorate('engine', engine)
  app.decorateRequest('checkRoom', function (this: FastifyRequest) {
    engine.admit({ signal: this.cancelled }).release()
  })
  app.decorateRequest('inTurn', async function <
    T,
  >(this: FastifyRequest, runs: number, work: (place: Place) => Promise<T>, together = 1) {
    const { cancelled: signal, timings } = this
    const priority = runs > 1 ? 'batch' : 'interactive'
    const gates = runs === 1 && together > 1 ? [gate] : [narrow, gate]
    const place = engine.admit({ signal, priority })
    // work that does not listen must not keep the place
    const release = () => place.release()
    signal.addEventListener('abort', release, { once: true })
    try {
      const leave = await timings.measure('queue', () => enter(gates, signal, priority))
      return await work(place).finally(leave)
    } finally {
      signal.removeEventListener('abort', release)
      release()
    }
  })
  app.addHook('onRequest', async (request) => {
    if (COMPUTING.some((path) => request.url.startsWith(path)) && !engine.ready())
      throw new HttpError('not-ready', 'the service is still starting', { headers: { 'retry-after': '1' } })
  })
})

/** Through one gate after the other. Resolves with the way out, and rejects with the signal's reason, having left those entered. */
async function enter(gates: readonly Gate[], signal: AbortSignal, priority: Priority): Promise<() => void> {
  const ways: (() => void)[] = []
  const leave = () => {
    for (const way of ways) way()
  }
  try {
    for (const gate of gates) ways.push(await gate.enter(signal, priority))
    return leave
  } catch (error) {
    leave()
    throw error
  }
}

/** A model by its id. Throws `unknown-model`. */
export function findModel(engine: Engine, id: string): ListedModel {
  const model = engine.models.get(id)
  if (model) return model
  const ids = engine.models.list().map((known) => known.id)
  throw new HttpError('unknown-model', `there is no model ${echo(id)}${didYouMean(id, ids)}`)
}

/** A model that can be run. Throws `unknown-model` and `unusable-model`. */
export function usableModel(engine: Engine, id: string): ServedModel {
  const model = findModel(engine, id)
  if (model.status !== 'unusable') return model
  throw new HttpError('unusable-model', `the model ${model.id} cannot be used: ${model.problem}`)
}
