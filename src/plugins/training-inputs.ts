import { randomUUID } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import { sizeOf } from '../core/ir/shape.ts'
import type { Place } from '../engine.ts'
import { HttpError, invalidParameters } from '../errors.ts'
import type { JobFacts } from '../networks/job.ts'
import type { Begun } from '../networks/jobs.ts'
import { classNamesOf } from '../networks/labels.ts'
import { networkOf, outputShapeOf, type Parameters } from '../networks/network.ts'
import { type AskedTraining, FORM, type TrainingRequest } from '../networks/read-training.ts'
import { arraysOfSamples, bytesOfSamples, type RawSamples } from '../networks/samples.ts'
import type { NetworkSpec } from '../networks/spec.ts'
import { echo } from '../schemas/query.ts'
import { FILES } from '../schemas/trainings.ts'
import type { Upload } from './uploads.ts'

/** A training that can begin. */
export interface ReadTraining {
  readonly facts: JobFacts
  readonly begun: Begun
}

/** The files of a request for a training. Throws HttpError. */
export const trainingUploads = (request: FastifyRequest): Promise<readonly Upload[]> =>
  request.uploads({ texts: [FORM, ...Object.keys(FILES)], maxImages: 0 })

/**
 * The training that a request asks for, all of it checked. Threads read it: a table of a few megabytes takes seconds. Throws
 * HttpError, FaultsError and NetworkError.
 */
export async function readTraining(
  request: FastifyRequest,
  uploads: readonly Upload[],
  place: Place,
): Promise<ReadTraining> {
  const { server, timings } = request
  const read = await place.readTraining(requestOf(uploads))
  timings.add('queue', read.queueMs)
  const asked = read.result
  const model = modelOf(request, asked.model)
  const outputShape = outputShapeOf(networkOf(model.network))
  const labels = asked.labels ?? (model.labels && classNamesOf(model.labels, sizeOf(outputShape)))
  const samples = asked.samples ?? (await picturesOf(request, uploads, model.network))
  const purpose = { inputShape: model.network.input, outputShape, ...asked.spec, labels }
  const release = server.jobs.memory.take(bytesOfSamples(samples, purpose))
  try {
    const plan = { network: model.network, parameters: model.parameters, spec: asked.spec, samples, labels }
    const { result } = await place.prepareTraining(plan, buffersOf(samples))
    const { network, spec } = plan
    server.networkStore.check({ id: model.id, spec: network, labels: result.facts.labels })
    const facts = { id: randomUUID(), model: model.id, createdAt: Date.now(), network, spec, ...result.facts }
    const setup = { network, data: result.data, spec }
    return { facts, begun: { setup, state: result.state, release } }
  } catch (error) {
    release()
    throw error
  }
}

/** The form and its files. A body that is JSON is the whole form. */
function requestOf(uploads: readonly Upload[]): TrainingRequest {
  const form = uploads.find(({ name, type }) => name === FORM || (name === 'image' && isJson(type)))
  if (!form && uploads.some(({ name }) => name === 'image'))
    throw new HttpError('unsupported-media-type', 'expected application/json or multipart/form-data')
  if (!form)
    throw invalidParameters([{ parameter: FORM, message: 'expected the training as JSON, got nothing' }])
  const file = (name: keyof typeof FILES) => uploads.find((upload) => upload.name === name)?.bytes
  return {
    form: form.bytes,
    ...{ inputs: file('inputs'), targets: file('targets'), csv: file('csv') },
    hasImages: file('images') !== undefined,
  }
}

const isJson = (type: string): boolean => type === 'application/json'

interface Model {
  readonly id: string
  readonly network: NetworkSpec
  readonly parameters: Parameters
  readonly labels: readonly string[] | undefined
}

/** The network that is trained; the store has those that are trained further. */
function modelOf({ server }: FastifyRequest, asked: AskedTraining['model']): Model {
  if (typeof asked !== 'string')
    return { id: asked.id, network: asked.spec, parameters: asked.parameters, labels: asked.labels }
  const stored = server.networkStore.get(asked)
  if (!stored)
    throw new HttpError(
      'unknown-model',
      `there is no network ${echo(asked)} that can be trained: send its layers, and an id, in its place`,
    )
  const { id, spec, parameters, labels } = stored
  return { id, network: spec, parameters, labels }
}

/** The pictures of a zip, which are decoded here: threads must not do that. */
async function picturesOf(
  request: FastifyRequest,
  uploads: readonly Upload[],
  network: NetworkSpec,
): Promise<RawSamples> {
  const images = uploads.find(({ name }) => name === 'images')
  if (!images) throw new RangeError('a training without samples')
  // what reads zips is loaded with the first of them
  const { samplesFromZip } = await import('../networks/samples-zip.ts')
  return samplesFromZip(images.bytes, {
    inputShape: network.input,
    pixelLimit: request.server.config.pixelLimit,
    signal: request.cancelled,
  })
}

/** Memory that goes to the thread instead of a copy. */
const buffersOf = (samples: RawSamples): readonly ArrayBuffer[] => [
  ...new Set(
    arraysOfSamples(samples).flatMap(({ buffer }) => (buffer instanceof ArrayBuffer ? [buffer] : [])),
  ),
]
