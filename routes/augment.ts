import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { rotateOperation } from '../src/plugins/operations.ts'
import { rotationBody, rotationHeaders, sendParts } from '../src/plugins/rotation-answers.ts'
import { rotationFormat } from '../src/plugins/rotation-formats.ts'
import { rotationInputs } from '../src/plugins/rotation-inputs.ts'
import { rotateAll } from '../src/plugins/rotations.ts'
import { rotateQuery } from '../src/schemas/augment.ts'
import { readRotate, withDraws } from '../src/schemas/read-augment.ts'

/** A field of a form that stands for the parameter of its name, which may be too long for a URL. */
const DRAWS = 'draws'

/** POST /v1/augment/rot90: pictures or arrays in, each sample turned by quarter turns of its own. */
export const augmentRoute: FastifyPluginAsyncZod = async (app) => {
  app.post(
    '/v1/augment/rot90',
    { schema: { querystring: rotateQuery }, config: { operation: rotateOperation } },
    async (request, reply) => {
      const { timings } = request
      // what is wrong with the query is said before the body is read
      rotationFormat(request, reply, readRotate(request.query).format, 'either')
      request.checkRoom()
      const fields = await request.uploads({ texts: [DRAWS] })
      const uploads = fields.filter(({ name }) => name !== DRAWS)
      const draws = fields.find(({ name }) => name === DRAWS)?.bytes.toString()
      const query = readRotate(withDraws(request.query, draws))

      const { format, ...rotated } = await request.inTurn(uploads.length, async (place) => {
        const inputs = await rotationInputs(request, uploads, query.layout)
        const format = rotationFormat(request, reply, query.format, inputs.kind)
        return { format, ...(await rotateAll({ request, place, query, format }, inputs)) }
      })
      reply.headers(rotationHeaders(rotated.draws, query.seed))
      return sendParts(reply, rotationBody(rotated, query, format, timings.milliseconds))
    },
  )
}
