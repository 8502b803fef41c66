import type { AnyNode, Graph, Value } from '../ir/graph.ts'
import { presentInputs } from '../ir/graph.ts'
import { rewrite } from './rewrite.ts'

/** Computes equal expressions once: same op, same inputs, same attributes. Outputs of the graph keep values of their own, and so
 * does a layer with a name where the other has one too. */
export function commonSubexpressions(graph: Graph): Graph {
  const ids = new Map<Value, number>()
  const idOf = (value: Value | undefined): number => {
    if (!value) return -1
    const id = ids.get(value) ?? ids.size
    ids.set(value, id)
    return id
  }
  const first = new Map<string, Value>()
  const outputs = new Set(graph.outputs)
  const scalars = scalarConstants(graph)
  return rewrite(graph, (_, node) => {
    const key = keyOf(node, (value) => scalars.get(value) ?? `${idOf(value)}`)
    const earlier = first.get(key)
    if (!earlier) first.set(key, node.output)
    const bothNamed = earlier?.name !== '' && node.output.name !== ''
    return earlier && !bothNamed && !outputs.has(node.output) ? earlier : undefined
  })
}

const keyOf = (node: AnyNode, nameOf: (value: Value) => string): string =>
  `${node.op}(${node.inputs.map((v) => (v ? nameOf(v) : '')).join(',')})${JSON.stringify(node.attrs, replaceInfinity)}[${presentInputs(node).length}]`

/** JSON knows no infinities and no −0, and such an attribute must not look like another. */
const replaceInfinity = (_: string, value: unknown): unknown =>
  typeof value === 'number' && !(Number.isFinite(value) && !Object.is(value, -0)) ? numberKey(value) : value

const numberKey = (value: number | undefined): string => (Object.is(value, -0) ? '-0' : `${value}`)

/** Rank-0 constants are compared by their number: gradients are full of the same few. */
const scalarConstants = (graph: Graph): ReadonlyMap<Value, string> =>
  new Map(
    [...graph.constants].flatMap(([value, tensor]) =>
      tensor.shape.length === 0 ? [[value, `${tensor.dtype}:${numberKey(tensor.data[0])}`] as const] : [],
    ),
  )
