import { randomUUID } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import { sizeOf } from '../core/ir/shape.ts'
import { HttpError, invalidParameters } from '../errors.ts'
import { TensorError } from '../imaging/errors.ts'
import { readNpy } from '../imaging/npy.ts'
import { checkTraining } from '../networks/check-training.ts'
import type { TrainingSetup } from '../networks/chunk.ts'
import { epochOf } from '../networks/epoch.ts'
import { NetworkError } from '../networks/errors.ts'
import type { JobFacts } from '../networks/job.ts'
import { classesOfOutputs, classNames } from '../networks/labels.ts'
import { lossNamed, smoothed } from '../networks/loss.ts'
import { type Network, networkOf, outputShapeOf, type Parameters } from '../networks/network.ts'
import { checkRange } from '../networks/range-check.ts'
import { type Purpose, type RawSamples, readSamples } from '../networks/samples.ts'
import { samplesFromJson } from '../networks/samples-json.ts'
import { readSpec } from '../networks/spec.ts'
import { freshState, type TrainingState } from '../networks/state.ts'
import { echo } from '../schemas/query.ts'
import { FILES, type TrainingRequest, trainingFormSchema } from '../schemas/trainings.ts'
import type { Upload } from './uploads.ts'

/** A training that can begin. */
export interface ReadTraining {
  readonly facts: JobFacts
  readonly setup: TrainingSetup
  readonly state: TrainingState
}

const FORM_FIELD = 'training'
/** Numbers that a network learns, at most: an optimiser keeps three times as many. */
const MOST_PARAMETERS = 50_000_000

/** The training that a request asks for, all of it checked. Throws HttpError, NetworkError, TensorError. */
export async function readTraining(request: FastifyRequest): Promise<ReadTraining> {
  const uploads = await request.uploads({ texts: [FORM_FIELD, ...Object.keys(FILES)], maxImages: 0 })
  const asked = readForm(uploads)
  const { model, data: given, ...spec } = asked
  const { id, network, parameters, labels } = modelOf(request, model)
  const outputShape = outputShapeOf(network)
  const purpose: Purpose = {
    inputShape: network.spec.input,
    outputShape,
    loss: spec.loss,
    precision: spec.precision,
    labels: given?.labels ?? (labels && classNames(labels, classesOfOutputs(sizeOf(outputShape)))),
  }
  const samples = readSamples(await rawSamples(request, asked, uploads, purpose), purpose)
  request.server.networkStore.check({ id, spec: network.spec, labels: samples.labels })
  const setup = { network: network.spec, data: samples.data, spec }
  checkTraining(network, samples.data, spec)
  const loss = lossNamed(spec.loss)
  const { problem } = checkRange(network, loss, smoothed(samples.data, loss, spec.labelSmoothing))
  const facts = {
    ...{ id: randomUUID(), model: id, createdAt: Date.now(), network: network.spec, spec },
    labels: samples.labels,
    warnings: problem === undefined ? [] : [problem],
    ...epochOf(samples.data.count, spec),
  }
  return { facts, setup, state: freshState(network, spec, parameters) }
}

/** The JSON part. A body that is JSON is all of it. */
function readForm(uploads: readonly Upload[]): TrainingRequest {
  const upload = uploads.find(({ name, type }) => name === FORM_FIELD || (name === 'image' && isJson(type)))
  if (!upload && uploads.some(({ name }) => name === 'image'))
    throw new HttpError('unsupported-media-type', 'expected application/json or multipart/form-data')
  if (!upload)
    throw invalidParameters([
      { parameter: FORM_FIELD, message: 'expected the training as JSON, got nothing' },
    ])
  const read = trainingFormSchema.safeParse(jsonOf(upload.bytes))
  if (read.success) return read.data
  throw invalidParameters(
    read.error.issues.flatMap((issue) =>
      issue.code === 'unrecognized_keys'
        ? issue.keys.map((key) => ({
            parameter: [...issue.path, key.slice(0, 60)].join('.'),
            message: 'there is no such parameter',
          }))
        : [{ parameter: issue.path.join('.') || FORM_FIELD, message: issue.message }],
    ),
  )
}

const isJson = (type: string): boolean => type === 'application/json'

function jsonOf(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString())
  } catch (error) {
    throw invalidParameters([
      {
        parameter: FORM_FIELD,
        message: `expected JSON, in which there is no NaN or Infinity: ${error instanceof Error ? error.message.slice(0, 100) : error}`,
      },
    ])
  }
}

interface Model {
  readonly id: string
  readonly network: Network
  /** of one that is trained further */
  readonly parameters: Parameters | undefined
  readonly labels: readonly string[] | undefined
}

function modelOf({ server }: FastifyRequest, model: TrainingRequest['model']): Model {
  if (typeof model === 'string') {
    const stored = server.networkStore.get(model)
    if (!stored)
      throw new HttpError(
        'unknown-model',
        `there is no network ${echo(model)} that can be trained: send its layers, and an id, in its place`,
      )
    const { id, spec, parameters, labels } = stored
    return { id, network: networkOf(spec), parameters, labels }
  }
  const { id, ...spec } = model
  const network = networkOf(readSpec(spec))
  const count = network.parameters.reduce((sum, { shape }) => sum + sizeOf(shape), 0)
  if (count > MOST_PARAMETERS)
    throw new NetworkError(
      'bad-spec',
      'model.layers',
      `expected at most ${MOST_PARAMETERS} parameters, got ${count}`,
    )
  return { id, network, parameters: undefined, labels: undefined }
}

/** The samples of the one place where there are any. */
async function rawSamples(
  request: FastifyRequest,
  { data = {} }: TrainingRequest,
  uploads: readonly Upload[],
  { inputShape }: Purpose,
): Promise<RawSamples> {
  const file = (name: keyof typeof FILES) => uploads.find((upload) => upload.name === name)?.bytes
  const [inputs, targets, csv, images] = [file('inputs'), file('targets'), file('csv'), file('images')]
  const table = csv?.toString() ?? data.csv
  const sources = [
    (data.inputs ?? data.targets) ? 'data.inputs' : undefined,
    (inputs ?? targets) ? 'inputs' : undefined,
    data.csv === undefined ? undefined : 'data.csv',
    csv ? 'csv' : undefined,
    images ? 'images' : undefined,
  ].filter((source) => source !== undefined)
  if (sources.length !== 1)
    throw new NetworkError(
      'bad-data',
      'data',
      `expected one of data.inputs with data.targets, data.csv, or in a form inputs with targets, csv, images; got ${sources.join(' and ') || 'none'}`,
    )
  // what reads zips and tables is loaded with the first of them
  if (images) {
    const { samplesFromZip } = await import('../networks/samples-zip.ts')
    return samplesFromZip(images, {
      inputShape,
      pixelLimit: request.server.config.pixelLimit,
      signal: request.cancelled,
    })
  }
  if (table !== undefined) {
    const { samplesFromCsv } = await import('../networks/samples-csv.ts')
    return samplesFromCsv(table, data)
  }
  if (inputs ?? targets) return samplesFromNpy(inputs, targets)
  if (data.inputs && data.targets) return samplesFromJson(data.inputs, data.targets)
  throw new NetworkError(
    'bad-data',
    data.inputs ? 'data.targets' : 'data.inputs',
    'expected a list, got nothing',
  )
}

function samplesFromNpy(inputs: Buffer | undefined, targets: Buffer | undefined): RawSamples {
  const read = (name: string, bytes: Buffer | undefined) => {
    if (!bytes) throw new NetworkError('bad-data', name, 'expected an NPY file, got nothing')
    try {
      return readNpy(bytes)
    } catch (error) {
      if (error instanceof TensorError) throw new NetworkError('bad-data', name, error.message)
      throw error
    }
  }
  return {
    names: { inputs: 'inputs', targets: 'targets' },
    inputs: read('inputs', inputs),
    targets: read('targets', targets),
  }
}
