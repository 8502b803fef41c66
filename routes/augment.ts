import { Readable } from 'node:stream'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { rotateOperation } from '../src/plugins/operations.ts'
import { rotationFiles, rotationHeaders, rotationJson } from '../src/plugins/rotation-answers.ts'
import { rotationFormat } from '../src/plugins/rotation-formats.ts'
import { rotationInputs } from '../src/plugins/rotation-inputs.ts'
import { rotateAll } from '../src/plugins/rotations.ts'
import { rotateQuery } from '../src/schemas/augment.ts'
import { readRotate } from '../src/schemas/read-augment.ts'

/** POST /v1/augment/rot90: pictures or arrays in, each sample turned by quarter turns of its own. */
export const augmentRoute: FastifyPluginAsyncZod = async (app) => {
  app.post(
    '/v1/augment/rot90',
    { schema: { querystring: rotateQuery }, config: { operation: rotateOperation } },
    async (request, reply) => {
      const { timings } = request
      const query = readRotate(request.query)
      // what nobody could be answered in is refused before the body is read
      rotationFormat(request, reply, query.format, 'either')
      request.checkRoom()
      const uploads = await request.uploads()

      const { format, draws, files, warnings } = await request.inTurn(uploads.length, async (place) => {
        const inputs = await rotationInputs(request, uploads, query.layout)
        const format = rotationFormat(request, reply, query.format, inputs.kind)
        return { format, ...(await rotateAll({ request, place, query, format }, inputs)) }
      })
      const { seed, inverse } = query
      const answer = { draws, seed, inverse, warnings, timings: timings.milliseconds }
      const { type, parts } =
        format === 'json' ? rotationJson(answer, files) : rotationFiles(files, draws, format)
      const length = parts.reduce((sum, part) => sum + part.length, 0)
      return reply
        .headers({ ...rotationHeaders(draws, seed), 'content-length': length })
        .type(type)
        .send(Readable.from(parts))
    },
  )
}
