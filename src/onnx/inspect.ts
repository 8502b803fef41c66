import type { OnnxGraph, OnnxValueInfo } from './model.ts'
import { readOnnx } from './read.ts'

/** An input or output as the file declares it: undefined dimensions are open; no shape at all is []. */
export interface Port {
  readonly name: string
  readonly shape: readonly (number | undefined)[]
}

export interface OutputPort extends Port {
  /** the operator that computes its numbers, seen through those that only arrange them */
  readonly op: string | undefined
}

/** What goes into a model and comes out of it, without building its graph. Throws OnnxError. */
export function inspectOnnx(bytes: Uint8Array): {
  readonly inputs: readonly Port[]
  readonly outputs: readonly OutputPort[]
} {
  const { graph } = readOnnx(bytes)
  const constants = new Set(graph.initializers.map(({ name }) => name))
  return {
    inputs: graph.inputs.filter(({ name }) => !constants.has(name)).map(port),
    outputs: graph.outputs.map((output) => ({ ...port(output), op: operatorOf(graph, output.name) })),
  }
}

const port = ({ name, dims }: OnnxValueInfo): Port => ({
  name,
  shape: (dims ?? []).map((dim) => (typeof dim === 'number' ? dim : undefined)),
})

const arranging = new Set(['Identity', 'Dropout', 'Flatten', 'Reshape', 'Squeeze', 'Unsqueeze'])

function operatorOf({ nodes }: OnnxGraph, name: string): string | undefined {
  let node = nodes.find(({ outputs }) => outputs.includes(name))
  // each step goes back in the list: a file whose nodes form a circle does not hold it up
  for (let end = nodes.length; node && arranging.has(node.op); ) {
    const [source = ''] = node.inputs
    end = nodes.slice(0, end).findLastIndex(({ outputs }) => outputs.includes(source))
    node = nodes[end]
  }
  return node?.op
}
