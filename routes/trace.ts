import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { networkOf, outputShapeOf } from '../src/networks/network.ts'
import { precisionFor } from '../src/networks/open-graph.ts'
import { checkTrace } from '../src/networks/trace.ts'
import { asBatch, lossAndOptimizer, readNumbers, readTargets } from '../src/plugins/inside.ts'
import { findNetwork } from '../src/plugins/stored-networks.ts'
import { traceJson } from '../src/plugins/inside-answers.ts'
import { traceOperation } from '../src/plugins/inside-operations.ts'
import { jsonBodyOf } from '../src/plugins/json-bodies.ts'
import { modelParams } from '../src/schemas/common.ts'
import { readQuery } from '../src/schemas/query.ts'
import { noQuery, traceSchema } from '../src/schemas/trace.ts'

/** Arrays of more numbers are summaries. */
const MOST_SHOWN = 64

/** POST /v1/models/{model}/trace: one sample forward and backward, layer by layer. */
export const traceRoute: FastifyPluginAsyncZod = async (app) => {
  app.post(
    '/v1/models/:model/trace',
    { schema: { params: modelParams, querystring: noQuery }, config: { operation: traceOperation } },
    async (request, reply) => {
      const { timings } = request
      const stored = findNetwork(app.engine, request.params.model)
      readQuery({}, request.query)
      request.checkRoom()
      const asked = await jsonBodyOf(request, traceSchema)
      const { spec, parameters } = stored
      const network = networkOf(spec)
      const each = outputShapeOf(network)
      const job = {
        spec,
        parameters,
        input: asBatch(readNumbers('input', asked.input), spec.input),
        target:
          typeof asked.target === 'number'
            ? readTargets('target', readNumbers('target', [asked.target]), each)
            : asBatch(readNumbers('target', asked.target), each),
        ...lossAndOptimizer(stored, asked),
        precision: precisionFor(network, 1, asked.precision),
        most: MOST_SHOWN,
      }
      checkTrace(job)
      const { result, queueMs } = await request.inTurn(1, (place) => place.trace(job))
      timings.add('queue', queueMs)
      const { optimizer, precision } = job
      return reply.type('application/json').send(
        JSON.stringify({
          model: stored.id,
          ...traceJson(result),
          optimizer,
          precision,
          timings: timings.milliseconds,
        }),
      )
    },
  )
}
