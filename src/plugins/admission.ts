import type { FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import type { Engine, Place, ServedModel } from '../engine.ts'
import { HttpError } from '../errors.ts'
import { didYouMean, echo } from '../schemas/query.ts'

declare module 'fastify' {
  interface FastifyInstance {
    readonly engine: Engine
  }
  interface FastifyRequest {
    /** Takes a place in the queue for the rest of this request. Throws `queue-full` or `shutting-down`. */
    admit(): Place
    /** Refuses as `admit` would, but takes no place: for the moment before a body is read. */
    checkRoom(): void
  }
}

interface AdmissionOptions {
  readonly engine: Engine
}

/** The engine, and places in its queue that are given back when the answer is out or the client has gone. */
export const admission = fp<AdmissionOptions>(async (app, { engine }) => {
  app.decorate('engine', engine)
  app.decorateRequest('admit')
  app.decorateRequest('checkRoom', function (this: FastifyRequest) {
    engine.admit({ signal: this.cancelled }).release()
  })
  app.addHook('onRequest', async (request, reply) => {
    request.admit = () => {
      const place = engine.admit({ signal: request.cancelled })
      reply.raw.once('close', () => place.release())
      return place
    }
    if (request.url.startsWith('/v1/models') && !engine.ready())
      throw new HttpError('not-ready', 'the service is still starting', { headers: { 'retry-after': '1' } })
  })
})

/** A model by its id. Throws `unknown-model`. */
export function findModel(engine: Engine, id: string): ServedModel {
  const model = engine.models.get(id)
  if (model) return model
  const ids = engine.models.list().map((known) => known.id)
  throw new HttpError('unknown-model', `there is no model ${echo(id)}${didYouMean(id, ids)}`)
}

/** A model that can be run. Throws `unknown-model` and `unusable-model`. */
export function usableModel(engine: Engine, id: string): ServedModel {
  const model = findModel(engine, id)
  if (model.status !== 'unusable') return model
  throw new HttpError(
    'unusable-model',
    `the model ${model.id} cannot be used: ${model.problem ?? 'its files are bad'}`,
  )
}
