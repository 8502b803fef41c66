import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { tensorToJson } from '../src/imaging/tensor-json.ts'
import { networkOf, outputShapeOf } from '../src/networks/network.ts'
import { precisionFor } from '../src/networks/open-graph.ts'
import { checkVjp } from '../src/networks/vjp.ts'
import { gradientsAsk } from '../src/plugins/gradients-inputs.ts'
import { gradientsOperation } from '../src/plugins/inside-operations.ts'
import { findNetwork } from '../src/plugins/stored-networks.ts'
import { tensorsJson } from '../src/plugins/tensor-answers.ts'
import { modelParams } from '../src/schemas/common.ts'
import { gradientsQuery } from '../src/schemas/gradients.ts'

/** POST /v1/models/{model}/gradients: the product of any cotangent and the Jacobian. */
export const gradientsRoute: FastifyPluginAsyncZod = async (app) => {
  app.post(
    '/v1/models/:model/gradients',
    {
      schema: { params: modelParams, querystring: gradientsQuery },
      config: { operation: gradientsOperation },
    },
    async (request, reply) => {
      const { timings } = request
      const { id, spec, parameters } = findNetwork(app.engine, request.params.model)
      const network = networkOf(spec)
      request.checkRoom()
      const each = { input: spec.input, output: outputShapeOf(network) }
      const { input, cotangent, ...asked } = await gradientsAsk(request, request.query, each)
      const [count = 1] = input.shape
      const precision = precisionFor(network, count, asked.precision)
      const job = { spec, parameters, input, cotangent, wrt: asked.wrt, mode: asked.mode, precision }
      checkVjp(job)
      const { result, queueMs } = await request.inTurn(count, (place) => place.gradients(job))
      timings.add('queue', queueMs)
      const gradients = tensorsJson(result.gradients)
      const output = tensorToJson(result.output)
      return reply
        .type('application/json')
        .send(JSON.stringify({ model: id, output, gradients, precision, timings: timings.milliseconds }))
    },
  )
}
