import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import type { Place } from '../src/engine.ts'
import { usableModel } from '../src/plugins/admission.ts'
import { explanationBody, explanationHeaders } from '../src/plugins/answers.ts'
import { explainRequest } from '../src/plugins/explain-request.ts'
import { type Explained, explainedOf, explainJob } from '../src/plugins/explanations.ts'
import { countInputs, modelInputs } from '../src/plugins/inputs.ts'
import { chooseFormat } from '../src/plugins/negotiation.ts'
import { explainOperation } from '../src/plugins/operations.ts'
import { modelParams } from '../src/schemas/common.ts'
import { EXPLAIN_FORMATS, explainQuery } from '../src/schemas/explain.ts'

/** POST /v1/models/{model}/explain: pictures in, their saliency maps out. */
export const explainRoute: FastifyPluginAsyncZod = async (app) => {
  app.post(
    '/v1/models/:model/explain',
    { schema: { params: modelParams, querystring: explainQuery }, config: { operation: explainOperation } },
    async (request, reply) => {
      const { timings } = request
      const model = usableModel(app.engine, request.params.model)
      const { query, target } = await explainRequest(app.engine, model, request.query)
      const format = chooseFormat(request, reply, { asked: query.format, offers: EXPLAIN_FORMATS })
      request.checkRoom()
      const uploads = await request.uploads()

      const runs = query.method.gradients(query.params) * countInputs(uploads, model)
      const explain = async (place: Place) => {
        const done: Explained[] = []
        for await (const input of modelInputs(request, uploads, model, query)) {
          const { result, queueMs } = await place.explain(model, explainJob(query, target, input))
          timings.addAll({ queue: queueMs, ...result.timings })
          done.push(await explainedOf({ model, query, input, result, format, timings }))
        }
        return done
      }
      const explained = await request.inTurn(runs, explain, model.together)
      const { type, body } = explanationBody(explained, format)
      return reply.headers(explanationHeaders(model, explained)).type(type).send(body)
    },
  )
}
