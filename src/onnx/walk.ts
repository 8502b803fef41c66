import { CoreError } from '../core/errors.ts'
import type { Value } from '../core/ir/graph.ts'
import type { Tensor } from '../core/ir/tensor.ts'
import { Attributes } from './attributes.ts'
import { malformed, OnnxError, unsupported } from './errors.ts'
import type { FoldingBuilder } from './folding-builder.ts'
import type { FlatNode } from './inline.ts'
import { Call } from './translate/call.ts'
import { translators } from './translate/index.ts'

export interface WalkOptions {
  readonly g: FoldingBuilder
  readonly nodes: readonly FlatNode[]
  /** the graph's inputs by name */
  readonly inputs: ReadonlyMap<string, Value>
  /** initialisers by name; each is asked for at most once */
  readonly initializer: (name: string) => Tensor | undefined
  readonly outputs: readonly string[]
  readonly freedBatch: number | undefined
}

/** A value by ONNX name; `unknown` is what an op that is not supported would have given. */
type Known = ReadonlyMap<string, Value | 'unknown'>

/**
 * Translates the nodes that the outputs need, in the file's order, and answers the values by ONNX name. Goes on past
 * unsupported nodes, so that one error names all of them. Throws OnnxError.
 */
export function walk(options: WalkOptions): ReadonlyMap<string, Value> {
  const { g, inputs, initializer, outputs } = options
  const nodes = neededNodes(options.nodes, outputs)
  const reads = new Set([...outputs, ...nodes.flatMap((node) => node.inputs)])
  const values = new Map<string, Value | 'unknown'>(inputs)
  const problems: string[] = []
  const define = (name: string): Value | 'unknown' | undefined => {
    const data = values.has(name) ? undefined : initializer(name)
    if (data) values.set(name, g.constant(data, name))
    return values.get(name)
  }
  for (const node of nodes) {
    for (const name of node.inputs) if (name !== '') define(name)
    const results = translate(node, values, reads, options, problems)
    node.outputs.forEach((name, i) => {
      if (name === '') return
      if (values.has(name)) throw malformed(`two nodes or inputs define "${name}"`)
      const value = results === 'unknown' ? results : results[i]
      if (value) values.set(name, value)
    })
  }
  if (problems.length > 0) throw unsupported(`the model needs what is not supported: ${problems.join('; ')}`)
  for (const name of outputs) if (!define(name)) throw malformed(`nothing defines the output "${name}"`)
  return new Map([...values].flatMap(([name, value]) => (value === 'unknown' ? [] : [[name, value]])))
}

/** The nodes from which an output can be reached. */
function neededNodes(nodes: readonly FlatNode[], outputs: readonly string[]): FlatNode[] {
  const producers = new Map<string, FlatNode>()
  for (const node of nodes)
    for (const name of node.outputs) {
      if (name === '') continue
      if (producers.has(name)) throw malformed(`two nodes define "${name}"`)
      producers.set(name, node)
    }
  const needed = new Set<FlatNode>()
  const open = [...outputs]
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    const node = producers.get(name)
    if (!node || needed.has(node)) continue
    needed.add(node)
    open.push(...node.inputs)
  }
  return nodes.filter((node) => needed.has(node))
}

/** `Conv "/features/0"`: op and node name, or its first output where it has no name. */
const describe = (node: FlatNode): string => {
  const op = node.domain === '' ? node.op : `${node.domain}.${node.op}`
  return `${op} "${node.name || node.outputs[0] || '(unnamed)'}"`
}

function translate(
  node: FlatNode,
  values: Known,
  reads: ReadonlySet<string>,
  { g, freedBatch }: WalkOptions,
  problems: string[],
): readonly (Value | undefined)[] | 'unknown' {
  const what = describe(node)
  const translator = node.domain === '' ? translators.get(node.op) : undefined
  if (!translator) {
    problems.push(`${what} (no such op here)`)
    return 'unknown'
  }
  const inputs: (Value | undefined)[] = []
  for (const name of node.inputs) {
    const value = name === '' ? undefined : values.get(name)
    if (name !== '' && !value)
      throw malformed(`${what} reads "${name}", which nothing defines before it (or in a cycle)`)
    if (value === 'unknown') return 'unknown'
    inputs.push(value)
  }
  const attrs = new Attributes(node.attributes)
  const used = node.outputs.map((name) => name !== '' && reads.has(name))
  try {
    const result = translator(
      new Call({ g, opset: node.opset, attrs, inputs, outputs: node.outputs, used, freedBatch }),
    )
    return 'shape' in result ? [named(g, result, node)] : result
  } catch (error) {
    const { kind, message } = asOnnx(error)
    if (kind === 'malformed') throw new OnnxError(kind, `${what}: ${message}`, { cause: error })
    problems.push(`${what} (${message})`)
    return 'unknown'
  }
}

/** A new value takes the name of the output; what passes an input on keeps that one's. */
const named = (g: FoldingBuilder, value: Value, { outputs: [name] }: FlatNode): Value =>
  value.name === '' && name !== undefined ? g.rename(value, name) : value

/** What the core refuses is the file's fault here. Anything else is a bug and passes through. */
function asOnnx(error: unknown): OnnxError {
  if (error instanceof OnnxError) return error
  if (error instanceof CoreError)
    return new OnnxError(error.kind === 'unsupported' ? 'unsupported' : 'malformed', error.message)
  throw error
}
