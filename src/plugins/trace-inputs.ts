import type { FastifyRequest } from 'fastify'
import type * as z from 'zod'
import { sizeOf } from '../core/ir/shape.ts'
import type { Tensor } from '../core/ir/tensor.ts'
import type { ServedModel } from '../engine.ts'
import { invalidParameters } from '../errors.ts'
import { classNamesOf } from '../networks/labels.ts'
import type { StoredNetwork } from '../networks/store.ts'
import { refuseInQuery } from '../schemas/json-body.ts'
import { readTarget } from '../schemas/target.ts'
import { traceSchema } from '../schemas/trace.ts'
import { usableModel } from './admission.ts'
import { asBatch, readNumbers, targetOf } from './batches.ts'
import { modelInputs } from './inputs.ts'
import { readJson } from './json-bodies.ts'
import { tensorFormat } from './tensor-inputs.ts'
import type { Upload } from './uploads.ts'

type Asked = z.output<typeof traceSchema>

/** What trace was asked, arrays read: batches of one. */
export interface TraceAsk extends Partial<Pick<Asked, 'loss' | 'optimizer' | 'precision'>> {
  readonly input: Tensor
  readonly target: Tensor
}

/** What stands in the query beside a picture. */
interface TraceQuery extends Partial<Pick<Asked, 'loss' | 'precision'>> {
  readonly target?: string | undefined
}

/** Shapes of one input and one output. */
interface Shapes {
  readonly input: readonly number[]
  readonly output: readonly number[]
}

/**
 * The body in JSON; or the input as a picture or as NPY, with its class in the query. Throws HttpError, FaultsError and
 * NetworkError.
 */
export async function traceAsk(
  request: FastifyRequest,
  { id: modelId, labels }: Pick<StoredNetwork, 'id' | 'labels'>,
  { target, loss, precision }: TraceQuery,
  each: Shapes,
): Promise<TraceAsk> {
  const [upload, ...more] = await request.uploads()
  if (!upload || more.length > 0) throw refused('image', `expected one input, got ${1 + more.length}`)
  const query = { target, loss, precision }
  if (tensorFormat(upload) !== 'json') {
    const model = usableModel(request.server.engine, modelId)
    const classes = { id: modelId, labels: classNamesOf(labels, sizeOf(each.output)) }
    const wanted = targetOf('target', classOf(target, classes), each.output)
    return { loss, precision, target: wanted, input: await pictureInput(request, upload, model, each) }
  }
  refuseInQuery(Object.entries(query).flatMap(([name, value]) => (value === undefined ? [] : [name])))
  return request.timings.measure('decode', () => jsonAsk(upload, each))
}

function jsonAsk({ bytes }: Upload, each: Shapes): TraceAsk {
  const { input, target, ...asked } = readJson(bytes, traceSchema)
  return {
    ...asked,
    input: asBatch(readNumbers('input', input), each.input),
    target:
      typeof target === 'number'
        ? targetOf('target', target, each.output)
        : asBatch(readNumbers('target', target), each.output),
  }
}

/** A picture as the model takes it, as in predict. */
async function pictureInput(
  request: FastifyRequest,
  upload: Upload,
  model: ServedModel,
  each: Shapes,
): Promise<Tensor> {
  const [input, ...more] = await Array.fromAsync(modelInputs(request, [upload], model, {}))
  if (!input || more.length > 0) throw refused('image', `expected one input, got ${1 + more.length}`)
  return { ...input.tensor, shape: [1, ...each.input] }
}

function classOf(text: string | undefined, classes: Parameters<typeof readTarget>[1]): number {
  if (text === undefined) throw refused('target', 'expected the class of the input: its number, or its label')
  const read = readTarget(text, classes)
  if ('message' in read) throw refused('target', read.message)
  if (read.value === 'top') throw refused('target', 'expected the number or the label of a class, got "top"')
  return read.value
}

const refused = (parameter: string, message: string) => invalidParameters([{ parameter, message }])
