import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { decisionMapAnswer } from '../src/plugins/decision-map-answers.ts'
import { askedMap } from '../src/plugins/decision-maps.ts'
import { jsonBodyOf } from '../src/plugins/json-bodies.ts'
import { chooseFormat } from '../src/plugins/negotiation.ts'
import { decisionMapOperation } from '../src/plugins/picture-operations.ts'
import { findNetwork } from '../src/plugins/stored-networks.ts'
import { modelParams } from '../src/schemas/common.ts'
import {
  DECISION_MAP_BOUNDS,
  DECISION_MAP_FORMATS,
  decisionMapBody,
  decisionMapParameters,
  decisionMapQuery,
} from '../src/schemas/decision-map.ts'
import { onceGiven } from '../src/schemas/json-body.ts'
import { readQuery } from '../src/schemas/query.ts'

/** POST /v1/models/{model}/decision-map: points in, the regions and boundaries around them out. */
export const decisionMapRoute: FastifyPluginAsyncZod = async (app) => {
  app.post(
    '/v1/models/:model/decision-map',
    {
      schema: { params: modelParams, querystring: decisionMapQuery },
      config: { operation: decisionMapOperation },
    },
    async (request, reply) => {
      const { timings } = request
      const network = findNetwork(app.engine, request.params.model)
      const query = readQuery(decisionMapParameters, request.query)
      request.checkRoom()
      const ask = await jsonBodyOf(request, decisionMapBody, DECISION_MAP_BOUNDS)
      const format = chooseFormat(request, reply, {
        asked: onceGiven('format', query.format, ask.format),
        offers: DECISION_MAP_FORMATS,
      })
      const asked = askedMap(network, ask)

      const { type, body } = await request.inTurn(1, async (place) => {
        const { result, queueMs } = await place.decisionMap(asked.job)
        timings.addAll({ queue: queueMs, ...result.timings })
        return timings.measure('render', () => decisionMapAnswer(asked, result.map, format))
      })
      return reply.type(type).send(body)
    },
  )
}
