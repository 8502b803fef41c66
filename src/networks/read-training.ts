import { readBy } from '../faults/by-schema.ts'
import { FaultsError } from '../faults/fault.ts'
import { boundedJson, IN_A_WORKER } from '../faults/json.ts'
import { TensorError } from '../imaging/errors.ts'
import { readNpy } from '../imaging/npy.ts'
import { NetworkError } from './errors.ts'
import { checkLabels } from './labels.ts'
import { networkOf, outputsOf } from './network.ts'
import { type NewNetwork, newNetwork } from './new-network.ts'
import type { RawSamples } from './samples.ts'
import { samplesFromJson } from './samples-json.ts'
import { readSpec } from './spec.ts'
import type { TrainingSpec } from './training.ts'
import { type DataForm, type TrainingForm, trainingFormSchema } from './training-form.ts'

/** A request for a training: the form in JSON, and the files beside it. Plain data: it crosses threads. */
export interface TrainingRequest {
  readonly form: Uint8Array
  readonly inputs: Uint8Array | undefined
  readonly targets: Uint8Array | undefined
  readonly csv: Uint8Array | undefined
  /** whether there are pictures, which are not read here */
  readonly hasImages: boolean
}

/** A network that begins with its training. */
export interface AskedNetwork extends NewNetwork {
  readonly id: string
  readonly labels: readonly string[] | undefined
}

/** What a request asks for, as far as it says so itself. */
export interface AskedTraining {
  /** a network that begins, or the id of one that is trained further */
  readonly model: AskedNetwork | string
  readonly spec: TrainingSpec
  readonly labels: readonly string[] | undefined
  /** undefined where they are pictures */
  readonly samples: RawSamples | undefined
}

/** How the form is called in a request, and so in errors. */
export const FORM = 'training'

/** Reads a form and its files. Throws FaultsError and NetworkError, with the names of parameters. */
export async function readTraining(request: TrainingRequest): Promise<AskedTraining> {
  const form = readBy(trainingFormSchema, boundedJson(request.form, FORM, IN_A_WORKER), FORM)
  const { model: given, data = {}, ...spec } = form
  const model = typeof given === 'string' ? given : madeOf(given)
  if (typeof model !== 'string' && model.labels && data.labels)
    throw new NetworkError('bad-data', 'data.labels', 'expected labels in the model or in the data, got both')
  return { model, spec, labels: data.labels, samples: await samplesOf(request, data) }
}

function madeOf({ id, labels, ...spec }: Exclude<TrainingForm['model'], string>): AskedNetwork {
  const made = inModel(() => {
    const network = newNetwork(readSpec(spec))
    if (labels) checkLabels(labels, outputsOf(networkOf(network.spec)))
    return network
  })
  return { id, labels, ...made }
}

/** Places of a network's faults as the form has them. */
function inModel<T>(read: () => T): T {
  try {
    return read()
  } catch (error) {
    const placed = (parameter: string) => ['model', parameter].filter(Boolean).join('.')
    if (error instanceof NetworkError)
      throw new NetworkError(error.kind, placed(error.parameter), error.message)
    if (error instanceof FaultsError)
      throw new FaultsError(error.faults.map((fault) => ({ ...fault, parameter: placed(fault.parameter) })))
    throw error
  }
}

/** The samples of the one place where there are any. */
async function samplesOf(
  { inputs, targets, csv, hasImages }: TrainingRequest,
  data: DataForm,
): Promise<RawSamples | undefined> {
  const sources = [
    (data.inputs ?? data.targets) ? 'data.inputs' : undefined,
    (inputs ?? targets) ? 'inputs' : undefined,
    data.csv === undefined ? undefined : 'data.csv',
    csv ? 'csv' : undefined,
    hasImages ? 'images' : undefined,
  ].filter((source) => source !== undefined)
  if (sources.length !== 1)
    throw new NetworkError(
      'bad-data',
      'data',
      `expected one of data.inputs with data.targets, data.csv, or in a form inputs with targets, csv, images; got ${sources.join(' and ') || 'none'}`,
    )
  if (hasImages) return undefined
  const table = csv ? textOf(csv) : data.csv
  if (table !== undefined) {
    // what reads tables is loaded with the first of them
    const { samplesFromCsv } = await import('./samples-csv.ts')
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

/** Text of a table in a file. Other encodings than UTF-8 would merge labels that are not the same. */
function textOf(csv: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(csv)
  } catch {
    throw new NetworkError('bad-data', 'csv', 'expected text in UTF-8: save the table in that encoding')
  }
}

function samplesFromNpy(inputs: Uint8Array | undefined, targets: Uint8Array | undefined): RawSamples {
  const read = (name: string, bytes: Uint8Array | undefined) => {
    if (!bytes) throw new NetworkError('bad-data', name, 'expected an NPY file, got nothing')
    try {
      const { shape, data } = readNpy(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength))
      return { shape, data }
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
