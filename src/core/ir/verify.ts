import { CoreError } from '../errors.ts'
import { inferOutput } from '../ops/index.ts'
import { type Graph, type Node, type OpName, presentInputs, type Value } from './graph.ts'
import { formatShape, sameShape, sizeOf } from './shape.ts'

/**
 * Checks what every pass must keep: values are defined once and before use, constants fill their shapes, and each node's
 * output has the type that its op infers. Throws `graph` naming the node; returns the graph.
 */
export function verify(graph: Graph): Graph {
  const defined = new Set<Value>()
  const define = (value: Value, what: string) => {
    if (defined.has(value)) throw new CoreError('graph', `${what} ${value.name} is defined twice`)
    defined.add(value)
  }
  for (const value of graph.inputs) define(value, 'input')
  for (const [value, data] of graph.constants) {
    define(value, 'constant')
    if (
      !sameShape(value.shape, data.shape) ||
      sizeOf(value.shape) !== data.data.length ||
      value.dtype !== data.dtype
    )
      throw new CoreError(
        'graph',
        `constant ${value.name} ${formatShape(value.shape)} does not match its data`,
      )
  }
  for (const node of graph.nodes) {
    for (const input of presentInputs(node))
      if (!defined.has(input))
        throw new CoreError(
          'graph',
          `${describe(node)} reads ${input.name || 'a value'} before it is defined`,
        )
    checkType(node)
    define(node.output, `output of ${describe(node)}`)
  }
  for (const output of graph.outputs)
    if (!defined.has(output)) throw new CoreError('graph', `graph output ${output.name} is not defined`)
  return graph
}

function checkType<K extends OpName>(node: Node<K>): void {
  const type = inferOutput(node.op, node.inputs, node.attrs)
  if (type.dtype !== node.output.dtype || !sameShape(type.shape, node.output.shape))
    throw new CoreError(
      'graph',
      `${describe(node)} should give ${type.dtype}${formatShape(type.shape)}, not ${node.output.dtype}${formatShape(node.output.shape)}`,
    )
}

const describe = (node: { op: string; output: Value }): string => `${node.op} ${node.output.name}`.trim()
