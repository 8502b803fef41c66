import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as z from 'zod'
import { sameShape } from '../core/ir/shape.ts'
import { FaultsError } from '../faults/fault.ts'
import { TensorError } from '../imaging/errors.ts'
import { readNpy, writeNpy } from '../imaging/npy.ts'
import { NetworkError } from '../networks/errors.ts'
import { missing } from '../networks/files.ts'
import { outputNames } from '../networks/labels.ts'
import { type NetworkParameter, networkOf, outputsOf } from '../networks/network.ts'
import { diagnosticsSchema, epochSchema } from '../networks/records.ts'
import { readSpec, withoutNumbers } from '../networks/spec.ts'
import { NETWORK_ID, type StoredNetwork } from '../networks/store.ts'
import { trainingSchema } from '../networks/training.ts'
import { CardError } from './card.ts'
import { LABELS_FILE, networkCard } from './network-card.ts'

/** A file of a network's folder. */
export interface NetworkFile {
  /** relative to the folder */
  readonly path: string
  readonly bytes: string | Uint8Array
}

/** A network's layers, as a folder has them. */
export const NETWORK_FILE = 'network.json'
/** Where the numbers of parameters are. */
export const WEIGHTS = 'weights'

const networkFileSchema = z.object({
  spec: z.unknown(),
  labels: z.array(z.string()).optional(),
  training: trainingSchema.optional(),
})

const historySchema = z.object({ epochs: z.array(epochSchema), diagnostics: z.array(diagnosticsSchema) })

/**
 * A network as the files of its folder, each made when it is asked for: they are large. `model.onnx` with its card is for
 * everybody, MODELS_DIR included; the weights stand in an NPY file each, as exact as they are.
 */
export function* networkFiles(network: StoredNetwork, onnx: Uint8Array): Generator<NetworkFile> {
  const { spec, parameters, labels, history, diagnostics, training } = network
  const known = networkOf(spec)
  const json = (value: unknown): string => `${JSON.stringify(value, undefined, 1)}\n`
  yield { path: 'model.json', bytes: json(networkCard(network)) }
  yield { path: NETWORK_FILE, bytes: json({ spec: plainSpec(spec), labels, training }) }
  yield { path: 'history.json', bytes: json({ epochs: history, diagnostics }) }
  if (labels) yield { path: LABELS_FILE, bytes: lines(outputNames(labels, outputsOf(known))) }
  yield { path: 'model.onnx', bytes: onnx }
  for (const [i, { name, shape }] of known.parameters.entries()) {
    const data = parameters[i]
    if (data) yield { path: weightPath(name), bytes: writeNpy({ shape, data }) }
  }
}

const lines = (texts: readonly string[]): string => texts.map((text) => `${text}\n`).join('')

/** As `readSpec` reads it. */
const plainSpec = ({ input, layers, seed }: StoredNetwork['spec']): object => ({
  input,
  layers: layers.map(({ type, name, params }) => ({ type, name, ...params })),
  seed,
})

const weightPath = (parameter: string): string => join(WEIGHTS, `${parameter}.npy`)

/** Reads the folder `id` of `root`. Throws CardError that says what is wrong with it, or what the file system says. */
export async function readNetwork(root: string, id: string): Promise<StoredNetwork> {
  if (!NETWORK_ID.test(id))
    throw new CardError(id, ['expected a name of lower-case letters, digits, dots, dashes or underscores'])
  return { id, ...(await readNetworkFolder(join(root, id))) }
}

/** A network as the files of a folder. Throws as `readNetwork` does. */
export async function readNetworkFolder(folder: string): Promise<Omit<StoredNetwork, 'id'>> {
  const { spec: given, labels, training } = await readJson(folder, NETWORK_FILE, networkFileSchema)
  const { epochs, diagnostics } = await readJson(folder, 'history.json', historySchema)
  try {
    const spec = withoutNumbers(readSpec(given))
    const parameters: (Float32Array | Float64Array)[] = []
    for (const parameter of networkOf(spec).parameters) parameters.push(await readWeights(folder, parameter))
    return { spec, parameters, labels, history: epochs, diagnostics, training }
  } catch (error) {
    if (error instanceof NetworkError)
      throw new CardError(NETWORK_FILE, [`${error.parameter}: ${error.message}`])
    if (error instanceof FaultsError)
      throw new CardError(
        NETWORK_FILE,
        error.faults.map(({ parameter, message }) => `${parameter}: ${message}`),
      )
    throw error
  }
}

async function readJson<T>(folder: string, name: string, schema: z.ZodType<T>): Promise<T> {
  const text = await readFile(join(folder, name), 'utf8').catch(missing)
  if (text === undefined) throw new CardError(name, ['the file is missing'])
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    throw new CardError(name, ['is not JSON: it is cut off or damaged'])
  }
  const { data, error } = schema.safeParse(json)
  if (data !== undefined) return data
  throw new CardError(
    name,
    (error?.issues ?? []).map(({ path, message }) => `field "${path.join('.')}": ${message}`),
  )
}

async function readWeights(
  folder: string,
  { name, shape }: NetworkParameter,
): Promise<Float32Array | Float64Array> {
  const path = weightPath(name)
  const bytes = await readFile(join(folder, path)).catch(missing)
  if (!bytes) throw new CardError(path, ['the file is missing'])
  try {
    const array = readNpy(bytes)
    if (/^[<>]f[48]$/.test(array.dtype) && sameShape(array.shape, shape)) return array.data
    throw new CardError(path, [
      `expected floats of shape (${shape}), got ${array.dtype} of shape (${array.shape})`,
    ])
  } catch (error) {
    if (error instanceof TensorError) throw new CardError(path, [error.message])
    throw error
  }
}
