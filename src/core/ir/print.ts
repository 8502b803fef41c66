import type { AnyNode, Graph, Value } from './graph.ts'
import { formatShape } from './shape.ts'

/** One line per value, `%3 relu1: float[N,8,4,4] = relu(%2) {…}`: for tests, snapshots and people. */
export function printGraph(graph: Graph): string {
  const numbers = new Map<Value, number>()
  const define = (value: Value): string => {
    numbers.set(value, numbers.size)
    return `%${numbers.get(value)}${value.name ? ` ${value.name}` : ''}: ${value.dtype}${formatShape(value.shape)}`
  }
  const use = (value: Value | undefined): string => (value ? `%${numbers.get(value) ?? '?'}` : '_')
  const line = (node: AnyNode): string => {
    const attrs = Object.entries(node.attrs)
    const tail = attrs.length ? ` {${attrs.map(([k, v]) => `${k}=${formatAttr(v)}`).join(', ')}}` : ''
    const call = `${node.op}(${node.inputs.map(use).join(', ')})${tail}`
    return `${define(node.output)} = ${call}`
  }
  return [
    ...graph.inputs.map((v) => `${define(v)} = input`),
    ...[...graph.constants.keys()].map((v) => `${define(v)} = constant`),
    ...graph.nodes.map(line),
    `return ${graph.outputs.map(use).join(', ')}`,
  ].join('\n')
}

const formatAttr = (value: unknown): string =>
  Array.isArray(value)
    ? formatShape(value)
    : typeof value === 'number' || typeof value === 'string'
      ? `${value}`
      : JSON.stringify(value)
