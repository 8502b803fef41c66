import type { Backend } from '../backend.ts'
import { CoreError } from '../errors.ts'
import { bindBatch } from '../ir/bind.ts'
import type { AnyNode, Graph, InputsOf, Node, OpName, Value } from '../ir/graph.ts'
import { formatShape, sameShape } from '../ir/shape.ts'
import type { Tensor } from '../ir/tensor.ts'
import { evaluateNode } from '../ops/index.ts'

/** Walks a graph in float64, calling each op's `evaluate`: slow and plain, the oracle of every other path. */
export const referenceBackend: Backend = {
  precision: 'f64',
  compile(graph, batch) {
    const bound = bindBatch(graph, batch)
    const run = (inputs: readonly Tensor[]) => runReference(bound, inputs)
    return {
      run,
      visit: (inputs, use) => use(run(inputs)),
      fold: (first, runs) => foldRuns(bound, first, runs),
    }
  },
}

function foldRuns(graph: Graph, first: Tensor, runs: Iterable<readonly Tensor[]>): Tensor {
  if (graph.outputs.length !== 1) throw new CoreError('graph', 'a fold is of graphs with one output')
  let held: readonly Tensor[] | undefined
  let carried: Tensor | undefined
  for (const inputs of runs) {
    held ??= inputs
    const given = inputs.map((input, i) => (graph.inputs[i]?.isHeld ? (held?.[i] ?? input) : input))
    carried = runReference(graph, [...given, carried ?? first])[0]
  }
  if (!carried) throw new CoreError('graph', 'there is no run to fold')
  return carried
}

/** Runs a graph without free dimensions. Throws `shape` when an input does not fit. */
export function runReference(graph: Graph, inputs: readonly Tensor[]): Tensor[] {
  const values = new Map<Value, Tensor>(graph.constants)
  graph.inputs.forEach((value, i) => {
    const given = inputs[i]
    if (!given || !sameShape(given.shape, value.shape))
      throw new CoreError(
        'shape',
        `input ${value.name} is ${formatShape(value.shape)}, got ${given ? formatShape(given.shape) : 'nothing'}`,
      )
    values.set(value, given)
  })
  const lastUse = lastUses(graph)
  for (const node of graph.nodes) {
    values.set(node.output, evaluate(node, values))
    for (const dead of lastUse.get(node) ?? []) values.delete(dead)
  }
  return graph.outputs.map((value) => read(values, value))
}

function evaluate<K extends OpName>(node: Node<K>, values: ReadonlyMap<Value, Tensor>): Tensor {
  const inputs = node.inputs.map((v: Value | undefined) => v && read(values, v))
  // Mapping a tuple keeps its length and optional places, which TypeScript does not follow.
  return evaluateNode(node, inputs as unknown as InputsOf<K, Tensor>)
}

function read(values: ReadonlyMap<Value, Tensor>, value: Value): Tensor {
  const found = values.get(value)
  if (!found) throw new CoreError('graph', `${value.name || 'a value'} is read before it is defined`)
  return found
}

/** Values whose last reader a node is, so that a walk over a large net holds only what is still needed. */
function lastUses(graph: Graph): Map<AnyNode, Value[]> {
  const last = new Map<Value, AnyNode>()
  for (const node of graph.nodes) for (const input of node.inputs) if (input) last.set(input, node)
  for (const kept of [...graph.outputs, ...graph.constants.keys()]) last.delete(kept)
  const result = new Map<AnyNode, Value[]>()
  for (const [value, node] of last) result.set(node, [...(result.get(node) ?? []), value])
  return result
}
