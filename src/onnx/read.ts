import { malformed, OnnxError, unsupported } from './errors.ts'
import { bytes, child, children, has, number, numbers, text, texts } from './fields.ts'
import type {
  OnnxAttribute,
  OnnxAttributeValue,
  OnnxFunction,
  OnnxGraph,
  OnnxModel,
  OnnxNode,
  OnnxTensor,
  OnnxValueInfo,
} from './model.ts'
import { modelProto } from './schema.ts'

/** Far more than any network has; a file may hold millions of empty nodes in a few megabytes. */
const MAX_NODES = 100_000
/** Inputs or outputs of one node: concatenations have a few dozen. */
const MAX_PORTS = 4096

/** The file's bytes as typed data. Throws OnnxError `malformed` when they are no ONNX model. */
export function readOnnx(file: Uint8Array): OnnxModel {
  try {
    return readModel(modelProto().decode(file))
  } catch (cause) {
    if (cause instanceof OnnxError) throw cause
    throw malformed('the file is not an ONNX model, or it is cut off or damaged', cause)
  }
}

function readModel(model: object): OnnxModel {
  const graph = child(model, 'graph')
  if (!graph) throw malformed('the file holds no graph: it is not an ONNX model, or it is cut off')
  const functions = children(model, 'functions').map(readFunction)
  return { opsets: readOpsets(model), graph: readGraph(graph), functions }
}

/** '' and 'ai.onnx' are the same domain. */
const domainOf = (message: object): string => {
  const domain = text(message, 'domain')
  return domain === 'ai.onnx' ? '' : domain
}

const readOpsets = (message: object): ReadonlyMap<string, number> =>
  new Map(children(message, 'opsetImport').map((set) => [domainOf(set), number(set, 'version')]))

function readNodes(message: object): OnnxNode[] {
  const nodes = children(message, 'node')
  if (nodes.length > MAX_NODES)
    throw unsupported(`the graph has ${nodes.length} nodes; at most ${MAX_NODES} are read`)
  return nodes.map(readNode)
}

function readGraph(graph: object): OnnxGraph {
  if (children(graph, 'sparseInitializer').length > 0)
    throw unsupported('the file has sparse initialisers, which are not read')
  return {
    nodes: readNodes(graph),
    initializers: children(graph, 'initializer').map(readTensor),
    inputs: children(graph, 'input').map(readValueInfo),
    outputs: children(graph, 'output').map(readValueInfo),
  }
}

function readNode(node: object): OnnxNode {
  const [inputs, outputs] = [texts(node, 'input'), texts(node, 'output')]
  if (Math.max(inputs.length, outputs.length) > MAX_PORTS)
    throw unsupported(`a node of type ${text(node, 'opType')} has more than ${MAX_PORTS} inputs or outputs`)
  return {
    op: text(node, 'opType'),
    domain: domainOf(node),
    overload: text(node, 'overload'),
    name: text(node, 'name'),
    inputs,
    outputs,
    attributes: children(node, 'attribute').map(readAttribute),
  }
}

const readFunction = (message: object): OnnxFunction => ({
  domain: domainOf(message),
  name: text(message, 'name'),
  overload: text(message, 'overload'),
  inputs: texts(message, 'input'),
  outputs: texts(message, 'output'),
  nodes: readNodes(message),
  opsets: readOpsets(message),
  defaults: children(message, 'attributeProto').map(readAttribute),
})

/** AttributeProto.AttributeType → the kinds that ops here have. */
const attributeTypes: ReadonlyMap<number, OnnxAttributeValue['type']> = new Map([
  [1, 'float'],
  [2, 'int'],
  [3, 'string'],
  [4, 'tensor'],
  [6, 'floats'],
  [7, 'ints'],
])

const readAttribute = (attribute: object): OnnxAttribute => ({
  name: text(attribute, 'name'),
  ...readAttributeValue(attribute),
})

function readAttributeValue(attribute: object): OnnxAttributeValue {
  const reference = text(attribute, 'refAttrName')
  if (reference !== '') return { type: 'reference', value: reference }
  const declared = number(attribute, 'type')
  const type = declared === 0 ? guessType(attribute) : (attributeTypes.get(declared) ?? 'other')
  switch (type) {
    case 'float':
      return { type, value: number(attribute, 'f') }
    case 'int':
      return { type, value: number(attribute, 'i') }
    case 'string':
      return { type, value: decodeText(bytes(attribute, 's')) }
    case 'tensor':
      return { type, value: readTensor(child(attribute, 't') ?? {}) }
    case 'floats':
      return { type, value: numbers(attribute, 'floats') }
    case 'ints':
      return { type, value: numbers(attribute, 'ints') }
    default:
      return { type: 'other', value: `${declared}` }
  }
}

/** Files of the first format versions do not say which field is in use. */
function guessType(attribute: object): OnnxAttributeValue['type'] {
  if (has(attribute, 'f')) return 'float'
  if (has(attribute, 'i')) return 'int'
  if (has(attribute, 's')) return 'string'
  if (has(attribute, 't')) return 'tensor'
  if (numbers(attribute, 'floats').length > 0) return 'floats'
  return 'ints'
}

const decodeText = (value: Uint8Array | undefined): string => new TextDecoder().decode(value)

const EXTERNAL = 1

const readTensor = (tensor: object): OnnxTensor => ({
  name: text(tensor, 'name'),
  dims: numbers(tensor, 'dims'),
  dataType: number(tensor, 'dataType'),
  external: number(tensor, 'dataLocation') === EXTERNAL || children(tensor, 'externalData').length > 0,
  raw: bytes(tensor, 'rawData'),
  floats: numbers(tensor, 'floatData'),
  doubles: numbers(tensor, 'doubleData'),
  int32s: numbers(tensor, 'int32Data'),
  int64s: [...numbers(tensor, 'int64Data'), ...numbers(tensor, 'uint64Data')],
})

function readValueInfo(info: object): OnnxValueInfo {
  const tensorType = child(child(info, 'type') ?? {}, 'tensorType')
  const shape = tensorType && child(tensorType, 'shape')
  return {
    name: text(info, 'name'),
    dataType: tensorType ? number(tensorType, 'elemType') : 0,
    dims: shape && children(shape, 'dim').map(readDim),
  }
}

const readDim = (dim: object): number | string | undefined =>
  has(dim, 'dimValue')
    ? number(dim, 'dimValue')
    : has(dim, 'dimParam')
      ? text(dim, 'dimParam') || undefined
      : undefined
