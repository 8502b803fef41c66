import type { Graph, Value } from '../core/ir/graph.ts'
import { unsupported } from './errors.ts'
import { type AttributeValues, attributeMessage, floatTensor, longTensor, valueInfo } from './messages.ts'
import { modelProto } from './schema.ts'
import { type NodeWriter, writeNode } from './write-node.ts'

/** Read by ONNX Runtime from 1.18 on. */
const OPSET = 21
const IR_VERSION = 10

/**
 * A graph as an ONNX file: names are kept, the free batch is an open dimension `N`, numbers are float32. Throws OnnxError
 * `unsupported` for what it does not write.
 */
export function writeOnnx(graph: Graph): Uint8Array {
  const writer = new GraphWriter(graph)
  for (const node of graph.nodes) writeNode(node, writer)
  const message = modelProto().fromObject({
    irVersion: IR_VERSION,
    producerName: 'gradlens',
    opsetImport: [{ domain: '', version: OPSET }],
    graph: writer.message(),
  })
  return modelProto().encode(message).finish()
}

class GraphWriter implements NodeWriter {
  readonly #graph: Graph
  readonly #names = new Map<Value, string>()
  readonly #taken = new Set<string>()
  readonly #nodes: object[] = []
  readonly #initializers: object[] = []

  constructor(graph: Graph) {
    this.#graph = graph
    const values = [...graph.inputs, ...graph.constants.keys(), ...graph.nodes.map(({ output }) => output)]
    const other = values.find(({ dtype }) => dtype !== 'float')
    if (other) throw unsupported(`the value "${other.name}" is of type ${other.dtype}, not float`)
    // those that have a name keep it, whatever the others are called
    for (const value of values) if (value.name !== '') this.#names.set(value, this.#free(value.name))
    for (const value of graph.constants.keys()) this.nameOf(value)
    for (const { op, output } of graph.nodes)
      if (!this.#names.has(output)) this.#names.set(output, this.#free(op))
    for (const [value, { shape, data }] of graph.constants)
      this.#initializers.push(floatTensor(this.nameOf(value), shape, data))
  }

  nameOf = (value: Value): string => {
    const known = this.#names.get(value)
    if (known !== undefined) return known
    const name = this.#free('value')
    this.#names.set(value, name)
    return name
  }

  node = (
    op: string,
    inputs: readonly string[],
    {
      attributes = {},
      output = this.#free(op.toLowerCase()),
    }: { readonly attributes?: AttributeValues; readonly output?: string } = {},
  ): string => {
    const attribute = Object.entries(attributes).map(([name, value]) => attributeMessage(name, value))
    this.#nodes.push({ name: output, opType: op, input: inputs, output: [output], attribute })
    return output
  }

  longs = (numbers: readonly number[]): string => {
    const name = this.#free('shape')
    this.#initializers.push(longTensor(name, numbers))
    return name
  }

  /** GraphProto. An output that no node computes goes through Identity, as ONNX wants it. */
  message(): object {
    const computed = new Set(this.#graph.nodes.map(({ output }) => output))
    const output = this.#graph.outputs.map((value) => {
      const name = computed.has(value)
        ? this.nameOf(value)
        : this.node('Identity', [this.nameOf(value)], { output: this.#free('output') })
      return valueInfo(name, value.shape)
    })
    return {
      name: 'network',
      node: this.#nodes,
      initializer: this.#initializers,
      input: this.#graph.inputs.map((value) => valueInfo(this.nameOf(value), value.shape)),
      output,
    }
  }

  /** The name itself, or with a number behind it. */
  #free(name: string): string {
    let free = name
    for (let i = 2; this.#taken.has(free); i++) free = `${name}_${i}`
    this.#taken.add(free)
    return free
  }
}
