import { CoreError } from '../core/errors.ts'
import type { Graph, Value } from '../core/ir/graph.ts'
import { N, sizeOf } from '../core/ir/shape.ts'
import type { Tensor } from '../core/ir/tensor.ts'
import { verify } from '../core/ir/verify.ts'
import { agreesForTwo, separateSamples } from './batch.ts'
import { malformed, OnnxError, unsupported } from './errors.ts'
import { FoldingBuilder } from './folding-builder.ts'
import { type FlatNode, inlineFunctions } from './inline.ts'
import type { OnnxModel, OnnxTensor, OnnxValueInfo } from './model.ts'
import { readOnnx } from './read.ts'
import { dtypeOf, readTensor } from './tensors.ts'
import { walk } from './walk.ts'

const OLDEST_OPSET = 7
/** The newest that this was written against. */
const NEWEST_OPSET = 28
/** A file that runs with a fixed batch only may ask for so many samples at once. */
const MAX_BATCH = 256
/** 4096×4096 in colour. */
const MAX_INPUT = 3 * 2 ** 24

export interface ImportOptions {
  /** for dimensions that the file leaves open */
  readonly inputSize?: { readonly channels?: number; readonly height: number; readonly width: number }
}

export interface ImportedModel {
  /** one input, float (N,…) with a free batch, or the file's batch where the graph needs it; the file's outputs in order */
  readonly graph: Graph
  /** values by ONNX output name, and by node name where no output has that name */
  readonly layers: ReadonlyMap<string, Value>
  readonly warnings: readonly string[]
}

/** An ONNX file as a graph of the core. Throws OnnxError with a sentence that names the place. */
export function importOnnx(bytes: Uint8Array, options: ImportOptions = {}): ImportedModel {
  const model = readOnnx(bytes)
  const opset = opsetOf(model)
  const warnings: string[] = []
  if (opset > NEWEST_OPSET)
    warnings.push(`the file is of opset ${opset}, newer than ${NEWEST_OPSET}, the newest known here`)
  const file: File = { model, nodes: inlineFunctions(model, opset), ...theInput(model) }
  const { dims, fixedBatch } = inputDims(file.input, options)
  const { graph, layers } = withFreeBatch(file, dims, fixedBatch, warnings)
  return { graph, layers, warnings }
}

interface File {
  readonly model: OnnxModel
  readonly nodes: readonly FlatNode[]
  readonly input: OnnxValueInfo
  readonly initializers: ReadonlyMap<string, OnnxTensor>
}
interface Built extends Pick<ImportedModel, 'graph' | 'layers'> {
  readonly countsSamples: boolean
}

function opsetOf({ opsets }: OnnxModel): number {
  const opset = opsets.get('')
  if (opset === undefined) throw malformed('the file does not say which operator set it is written in')
  if (opset < OLDEST_OPSET)
    throw unsupported(`the file is of opset ${opset}; ${OLDEST_OPSET} and later are read. Export it again.`)
  return opset
}

/** The one input that no initialiser gives a value to. */
function theInput({ graph }: OnnxModel): Pick<File, 'input' | 'initializers'> {
  const initializers = new Map(graph.initializers.map((tensor) => [tensor.name, tensor]))
  if (initializers.size !== graph.initializers.length) throw malformed('two initialisers have the same name')
  const inputs = graph.inputs.filter(({ name }) => !initializers.has(name))
  const [input] = inputs
  if (!input) throw malformed('the graph has no input')
  if (inputs.length > 1)
    throw unsupported(
      `the model has ${inputs.length} inputs (${inputs.map((i) => i.name).join(', ')}), not one`,
    )
  if (graph.outputs.length === 0) throw malformed('the graph has no output')
  if (dtypeOf(input.dataType) !== 'float')
    throw unsupported(`the input "${input.name}" is of data type ${input.dataType}, not a tensor of floats`)
  return { input, initializers }
}

/** The input's dimensions after the batch, and the batch if the file fixes it. */
function inputDims(
  { name, dims }: OnnxValueInfo,
  { inputSize }: ImportOptions,
): { dims: readonly number[]; fixedBatch: number | undefined } {
  const sizes = inputSize && [inputSize.channels, inputSize.height, inputSize.width]
  if (!dims && !sizes) throw unsupported(`the file does not give the size of its input "${name}"`)
  const [batch, ...rest] = dims ?? [undefined, undefined, undefined, undefined]
  if (dims?.length === 0) throw unsupported(`the input "${name}" is a single number`)
  const known = rest.map((dim, i) => {
    const size = isFixed(dim) ? dim : rest.length === 3 ? sizes?.[i] : undefined
    if (size === undefined)
      throw unsupported(`the file leaves dimension ${i + 1} (${dim ?? '?'}) of its input "${name}" open`)
    return size
  })
  if (!(sizeOf(known) <= MAX_INPUT))
    throw unsupported(`the input "${name}" of ${known.join('×')} has more than ${MAX_INPUT} numbers a sample`)
  return { dims: known, fixedBatch: isFixed(batch) ? batch : undefined }
}

/** Some exporters write 0 or −1 for an open dimension. */
const isFixed = (dim: number | string | undefined): dim is number => typeof dim === 'number' && dim >= 1

/** With the batch free if the graph allows it, else with the file's batch, or one sample. */
function withFreeBatch(
  file: File,
  dims: readonly number[],
  fixedBatch: number | undefined,
  warnings: string[],
): Built {
  let reason: string
  try {
    const free = build(file, [N, ...dims], fixedBatch)
    if (isSound(file, dims, fixedBatch, free)) return free
    reason = 'it mixes the samples of a batch'
  } catch (error) {
    if (!(error instanceof OnnxError || error instanceof CoreError)) throw error
    reason = error.message
  }
  const batch = fixedBatch ?? 1
  if (batch > MAX_BATCH) throw unsupported(`the file fixes a batch of ${batch}: ${reason}`)
  const fixed = build(file, [batch, ...dims], undefined)
  warnings.push(`the model runs with a batch of ${batch} only: ${reason}`)
  return fixed
}

/** A batch that the file leaves open is the file's own claim; for one that it fixes the samples must be separate. */
function isSound(
  file: File,
  dims: readonly number[],
  fixedBatch: number | undefined,
  { graph, countsSamples }: Built,
): boolean {
  if (fixedBatch !== undefined) return separateSamples(graph)
  return !countsSamples || agreesForTwo(graph, build(file, [2, ...dims], undefined).graph)
}

function build(
  { nodes, input, initializers, model }: File,
  shape: readonly number[],
  freedBatch: number | undefined,
): Built {
  const g = new FoldingBuilder()
  const read = (name: string): Tensor | undefined => {
    const source = initializers.get(name)
    return source && readTensor(source, `the initialiser "${name}"`)
  }
  const outputs = model.graph.outputs.map(({ name }) => name)
  const inputs = new Map([[input.name, g.input(input.name, shape)]])
  const values = walk({ g, nodes, inputs, initializer: read, outputs, freedBatch })
  const results = outputs.map((name) => {
    const value = values.get(name)
    if (!value) throw malformed(`nothing defines the output "${name}"`)
    return value
  })
  const graph = verify(g.build(results))
  return { graph, layers: layersOf(graph, values, nodes), countsSamples: g.countsSamples }
}

/** Values of the graph by ONNX name. A node's name serves too, where no output has it. */
function layersOf(
  graph: Graph,
  values: ReadonlyMap<string, Value>,
  nodes: readonly FlatNode[],
): ReadonlyMap<string, Value> {
  const layers = new Map<string, Value>()
  const add = (name: string, value: Value | undefined): void => {
    if (value && name !== '' && !layers.has(name) && !graph.constants.has(value)) layers.set(name, value)
  }
  for (const [name, value] of values) add(name, value)
  for (const { name, outputs } of nodes) add(name, values.get(outputs[0] ?? ''))
  return layers
}
