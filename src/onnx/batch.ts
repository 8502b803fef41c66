import type { AnyNode, Graph, Value } from '../core/ir/graph.ts'
import { presentInputs } from '../core/ir/graph.ts'
import { isSymbolic, N } from '../core/ir/shape.ts'

/**
 * Whether each sample of a free batch is computed on its own: everything that depends on the input keeps the batch as its
 * first axis, and only there. True of a file exported for one sample means that a batch gives what single runs give.
 */
export function separateSamples(graph: Graph): boolean {
  const dependent = new Set<Value>(graph.inputs)
  return graph.nodes.every((node) => {
    if (!presentInputs(node).some((v) => dependent.has(v))) return true
    dependent.add(node.output)
    const [first, ...rest] = node.output.shape
    return first === N && !rest.some(isSymbolic) && keepsFirstAxis(node)
  })
}

/** No op that has the batch first in its inputs and output can mix samples, but these. */
function keepsFirstAxis(node: AnyNode): boolean {
  switch (node.op) {
    case 'transpose':
      return node.attrs.perm[0] === 0
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
