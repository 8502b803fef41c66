import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import type { Tensor } from '../src/core/ir/tensor.ts'
import { item, stack } from '../src/explain/batches.ts'
import { usableModel } from '../src/plugins/admission.ts'
import { joinJson } from '../src/plugins/answers.ts'
import { countInputs, modelInputs } from '../src/plugins/inputs.ts'
import { chooseFormat } from '../src/plugins/negotiation.ts'
import { predictOperation } from '../src/plugins/operations.ts'
import { imageFacts, logitsOf, predictionsOf, predictionWarnings } from '../src/plugins/predictions.ts'
import { modelParams } from '../src/schemas/common.ts'
import { predictParameters, predictQuery } from '../src/schemas/predict.ts'
import { readQuery } from '../src/schemas/query.ts'

/** POST /v1/models/{model}/predict: pictures in, the likeliest classes out. */
export const predictRoute: FastifyPluginAsyncZod = async (app) => {
  app.post(
    '/v1/models/:model/predict',
    { schema: { params: modelParams, querystring: predictQuery }, config: { operation: predictOperation } },
    async (request, reply) => {
      const { timings } = request
      const model = usableModel(app.engine, request.params.model)
      const query = readQuery(predictParameters, request.query)
      chooseFormat(request, reply, { asked: query.format, offers: ['json'] })
      request.checkRoom()
      const uploads = await request.uploads()

      const { facts, result } = await request.inTurn(countInputs(uploads, model), async (place) => {
        const inputs: Tensor[] = []
        const facts: ReturnType<typeof imageFacts>[] = []
        for await (const input of modelInputs(request, uploads, model, query)) {
          inputs.push(item(input.tensor, 0))
          facts.push(imageFacts(input))
        }
        const { result, queueMs } = await place.predict(model, {
          kind: 'predict',
          input: stack(inputs, 'f32'),
        })
        timings.addAll({ queue: queueMs, ...result.timings })
        return { facts, result }
      })
      const answers = facts.map((fact, i) => {
        const scores = { logits: item(result.logits, i), probabilities: item(result.probabilities, i) }
        return JSON.stringify({
          model: model.id,
          version: model.version,
          predictions: predictionsOf(model, scores, query.top),
          ...logitsOf(scores, query.scores),
          ...fact,
          warnings: [...fact.warnings, ...predictionWarnings(model, scores)],
          timings: timings.milliseconds,
        })
      })
      return reply.type('application/json').send(joinJson(answers))
    },
  )
}
