import type { AnyNode, Graph, Value } from '../core/ir/graph.ts'
import { presentInputs } from '../core/ir/graph.ts'
import { bindShape, isSymbolic, N, sameShape } from '../core/ir/shape.ts'

/**
 * Whether each sample of a free batch is computed on its own: everything that depends on the input keeps the batch as its
 * first axis, and only there. True of a file exported for one sample means that a batch gives what single runs give.
 */
export function separateSamples(graph: Graph): boolean {
  const dependent = new Set<Value>(graph.inputs)
  return graph.nodes.every((node) => {
    const inputs = presentInputs(node).filter((v) => dependent.has(v))
    if (inputs.length === 0) return true
    dependent.add(node.output)
    const [first = 1, ...rest] = node.output.shape
    if (!isSymbolic(first) || rest.some(isSymbolic)) return false
    // Flattened to (k·N, …) the samples still follow each other; only a reshape may take them apart again.
    const isWhole = first === N && inputs.every(({ shape }) => shape[0] === N)
    return node.op === 'reshape' || (isWhole && keepsFirstAxis(node))
  })
}

/** Whether the graph with a free batch has, for two samples, the shapes that the file itself has for two. */
export function agreesForTwo(free: Graph, two: Graph): boolean {
  const shapes = new Map(two.nodes.map(({ output }) => [output.name, output.shape]))
  const agrees = ({ name, shape }: Value): boolean => {
    const expected = name === '' ? undefined : shapes.get(name)
    return !expected || sameShape(bindShape(shape, 2), expected)
  }
  return free.nodes.every(({ output }) => agrees(output))
}

/** No op that has the batch first in its inputs and output can mix samples, but these. */
function keepsFirstAxis(node: AnyNode): boolean {
  switch (node.op) {
    case 'transpose':
      return node.attrs.perm[0] === 0
    case 'rot90':
      return node.attrs.axes.every((axis) => axis % (node.output.shape.length || 1) !== 0)
    case 'reduceSum':
    case 'reduceMean':
    case 'reduceMax':
      return !node.attrs.axes.includes(0)
    case 'softmax':
    case 'logSoftmax':
    case 'layerNorm':
      return node.attrs.axis % (node.output.shape.length || 1) !== 0
    case 'gemm':
      return !node.attrs.transA
    default:
      return true
  }
}
