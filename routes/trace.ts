import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { networkOf, outputShapeOf } from '../src/networks/network.ts'
import { precisionFor } from '../src/networks/open-graph.ts'
import { checkTrace } from '../src/networks/trace.ts'
import { traceJson } from '../src/plugins/inside-answers.ts'
import { traceOperation } from '../src/plugins/inside-operations.ts'
import { chooseFormat, mediaTypes } from '../src/plugins/negotiation.ts'
import { findNetwork } from '../src/plugins/stored-networks.ts'
import { traceAsk } from '../src/plugins/trace-inputs.ts'
import { tracePicture } from '../src/plugins/trace-pictures.ts'
import { lossAndOptimizer } from '../src/plugins/training-defaults.ts'
import { modelParams } from '../src/schemas/common.ts'
import { readQuery } from '../src/schemas/query.ts'
import { traceParameters, traceQuery } from '../src/schemas/trace.ts'

/** Arrays of more numbers are summaries. */
const MOST_SHOWN = 64

/** POST /v1/models/{model}/trace: one sample forward and backward, layer by layer. */
export const traceRoute: FastifyPluginAsyncZod = async (app) => {
  app.post(
    '/v1/models/:model/trace',
    { schema: { params: modelParams, querystring: traceQuery }, config: { operation: traceOperation } },
    async (request, reply) => {
      const { timings } = request
      const stored = findNetwork(app.engine, request.params.model)
      const query = readQuery(traceParameters, request.query)
      const format = chooseFormat(request, reply, { asked: query.format, offers: ['json', 'png'] })
      request.checkRoom()
      const { spec, parameters } = stored
      const network = networkOf(spec)
      const each = { input: spec.input, output: outputShapeOf(network) }
      const { input, target, ...asked } = await traceAsk(request, stored, query, each)
      const { loss, optimizer } = lossAndOptimizer(stored, asked)
      const precision = precisionFor(network, 1, asked.precision)
      const sample = { spec, parameters, input, target, loss, precision }
      checkTrace(sample)
      if (format === 'png') {
        const { result, queueMs } = await request.inTurn(1, (place) => place.traceMaps(sample))
        timings.add('queue', queueMs)
        return reply
          .type(mediaTypes.png)
          .send(await timings.measure('render', () => tracePicture(stored, result)))
      }
      const job = { ...sample, optimizer, most: MOST_SHOWN }
      const { result, queueMs } = await request.inTurn(1, (place) => place.trace(job))
      timings.add('queue', queueMs)
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
