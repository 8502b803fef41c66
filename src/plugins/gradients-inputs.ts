import type { FastifyRequest } from 'fastify'
import type * as z from 'zod'
import { type Tensor, tensor } from '../core/ir/tensor.ts'
import { HttpError, invalidParameters } from '../errors.ts'
import { readNpy } from '../imaging/npy.ts'
import { gradientsParameters, gradientsSchema } from '../schemas/gradients.ts'
import { refuseInQuery } from '../schemas/json-body.ts'
import { type RawQuery, readQuery } from '../schemas/query.ts'
import { asBatch, readNumbers } from './batches.ts'
import { refusalOf } from './inputs.ts'
import { readJson } from './json-bodies.ts'
import { tensorFormat } from './tensor-inputs.ts'
import type { Upload } from './uploads.ts'

/** What gradients was asked, arrays read. */
export interface GradientsAsk extends Pick<z.output<typeof gradientsSchema>, 'wrt' | 'mode' | 'precision'> {
  readonly input: Tensor
  readonly cotangent: Tensor | undefined
}

/**
 * The body in JSON; or the input as NPY, or in a form with its cotangent, parameters in the query. `each`: shapes of one
 * input and one output. Throws HttpError.
 */
export async function gradientsAsk(
  request: FastifyRequest,
  raw: RawQuery,
  each: { readonly input: readonly number[]; readonly output: readonly number[] },
): Promise<GradientsAsk> {
  const query = readQuery(gradientsParameters, raw)
  const uploads = await request.uploads({ texts: ['cotangent'] })
  const inputs = uploads.filter(({ name }) => name !== 'cotangent')
  const [input] = inputs
  if (!input || inputs.length > 1)
    throw invalidParameters([{ parameter: 'image', message: `expected one array, got ${inputs.length}` }])
  const cotangent = uploads.find(({ name }) => name === 'cotangent')
  if (tensorFormat(input) === 'json' && !cotangent) {
    refuseInQuery(Object.keys(raw))
    const asked = await request.timings.measure('decode', () => readJson(input.bytes, gradientsSchema))
    return {
      ...asked,
      input: asBatch(readNumbers('input', asked.input), each.input),
      cotangent: asked.cotangent && asBatch(readNumbers('cotangent', asked.cotangent), each.output),
    }
  }
  return {
    ...query,
    input: asBatch(readArray(input, 'input'), each.input),
    cotangent: cotangent && asBatch(readArray(cotangent, 'cotangent'), each.output),
  }
}

const NPY_MAGIC = '\x93NUMPY'

function readArray({ bytes }: Upload, parameter: string): Tensor {
  if (bytes.toString('latin1', 0, NPY_MAGIC.length) !== NPY_MAGIC)
    throw new HttpError('unsupported-media-type', `expected ${parameter} as an NPY file, or a body of JSON`)
  try {
    const { shape, data } = readNpy(bytes)
    return tensor(shape, data)
  } catch (error) {
    throw refusalOf(parameter, error)
  }
}
