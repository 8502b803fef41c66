import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { checkDiagnose } from '../src/networks/diagnose.ts'
import { networkOf } from '../src/networks/network.ts'
import { precisionFor } from '../src/networks/open-graph.ts'
import { samplesOf } from '../src/plugins/diagnose-inputs.ts'
import { diagnosisJson, diagnosisPicture } from '../src/plugins/inside-answers.ts'
import { diagnoseOperation } from '../src/plugins/inside-operations.ts'
import { jsonBodyOf } from '../src/plugins/json-bodies.ts'
import { chooseFormat, mediaTypes } from '../src/plugins/negotiation.ts'
import { findNetwork } from '../src/plugins/stored-networks.ts'
import { lossAndOptimizer } from '../src/plugins/training-defaults.ts'
import { modelParams } from '../src/schemas/common.ts'
import { diagnoseParameters, diagnoseQuery, diagnoseSchema } from '../src/schemas/diagnose.ts'
import { readQuery } from '../src/schemas/query.ts'

/** POST /v1/models/{model}/diagnose: what is wrong with a network, over a data set. */
export const diagnoseRoute: FastifyPluginAsyncZod = async (app) => {
  app.post(
    '/v1/models/:model/diagnose',
    { schema: { params: modelParams, querystring: diagnoseQuery }, config: { operation: diagnoseOperation } },
    async (request, reply) => {
      const { timings } = request
      const stored = findNetwork(app.engine, request.params.model)
      const query = readQuery(diagnoseParameters, request.query)
      const format = chooseFormat(request, reply, { asked: query.format, offers: ['json', 'png'] })
      request.checkRoom()
      const asked = await jsonBodyOf(request, diagnoseSchema)
      const { spec, parameters } = stored
      const network = networkOf(spec)
      const { epsilon } = asked
      const { loss, optimizer } = lossAndOptimizer(stored, asked)
      const data = samplesOf(stored, asked, loss)
      const precision = precisionFor(network, data.count, asked.precision)
      const job = { spec, parameters, data, loss, optimizer, precision, epsilon }
      checkDiagnose(job)
      const { result, queueMs } = await request.inTurn(data.count, (place) => place.diagnose(job))
      timings.add('queue', queueMs)
      if (format === 'png')
        return reply
          .type(mediaTypes.png)
          .send(await timings.measure('render', () => diagnosisPicture(stored.id, result)))
      return reply.type('application/json').send(
        JSON.stringify({
          model: stored.id,
          ...diagnosisJson(result, job.loss),
          epsilon,
          precision,
          timings: timings.milliseconds,
        }),
      )
    },
  )
}
