import { malformed, unsupported } from './errors.ts'
import type { OnnxAttribute, OnnxFunction, OnnxModel, OnnxNode } from './model.ts'

/** A node of the flat graph with the version of the default operator set that it is written in. */
export interface FlatNode extends OnnxNode {
  readonly opset: number
}

const MAX_DEPTH = 32
const MAX_NODES = 200_000

interface Scope {
  readonly opset: number
  readonly prefix: string
  readonly depth: number
  /** names inside the function → names outside; others get the prefix */
  readonly names: ReadonlyMap<string, string>
  readonly attributes: ReadonlyMap<string, OnnxAttribute>
}

/** The graph's nodes with the calls of the file's own functions replaced by their bodies. Throws OnnxError. */
export function inlineFunctions(model: OnnxModel, opset: number): FlatNode[] {
  const functions = new Map(model.functions.map((f) => [keyOf(f.domain, f.name, f.overload), f]))
  const flat: FlatNode[] = []
  const visit = (nodes: readonly OnnxNode[], scope: Scope | undefined): void => {
    nodes.forEach((node, index) => {
      const renamed = scope ? rename(node, scope) : node
      const callee = functions.get(keyOf(node.domain, node.op, node.overload))
      if (!callee) flat.push({ ...renamed, opset: scope?.opset ?? opset })
      else visit(callee.nodes, callScope(callee, renamed, index, scope, opset))
      if (flat.length > MAX_NODES)
        throw unsupported(`the functions of the file unfold to more than ${MAX_NODES} nodes`)
    })
  }
  visit(model.graph.nodes, undefined)
  return flat
}

const keyOf = (domain: string, name: string, overload: string): string =>
  JSON.stringify([domain, name, overload])

function callScope(
  callee: OnnxFunction,
  call: OnnxNode,
  index: number,
  caller: Scope | undefined,
  opset: number,
): Scope {
  const depth = (caller?.depth ?? 0) + 1
  if (depth > MAX_DEPTH)
    throw malformed(`the function ${callee.name} calls itself, or functions nest deeper than ${MAX_DEPTH}`)
  const pairs = (inner: readonly string[], outer: readonly string[]): [string, string][] =>
    inner.map((name, i) => [name, outer[i] ?? ''])
  return {
    opset: callee.opsets.get('') ?? opset,
    prefix: `${call.name || call.outputs[0] || `${caller?.prefix ?? ''}${callee.name}_${index}`}/`,
    depth,
    // An output that is also an input must keep its input's name: it is resolved by an Identity in the body.
    names: new Map([...pairs(callee.outputs, call.outputs), ...pairs(callee.inputs, call.inputs)]),
    attributes: new Map([...callee.defaults, ...call.attributes].map((a) => [a.name, a])),
  }
}

function rename(node: OnnxNode, scope: Scope): OnnxNode {
  const outside = (name: string): string =>
    name === '' ? '' : (scope.names.get(name) ?? `${scope.prefix}${name}`)
  return {
    ...node,
    name: `${scope.prefix}${node.name}`,
    inputs: node.inputs.map(outside),
    outputs: node.outputs.map(outside),
    attributes: node.attributes.flatMap((attribute) => resolve(attribute, scope)),
  }
}

/** A reference becomes the call's attribute, or nothing when the call leaves it out. */
function resolve(attribute: OnnxAttribute, scope: Scope): readonly OnnxAttribute[] {
  if (attribute.type !== 'reference') return [attribute]
  const given = scope.attributes.get(attribute.value)
  return given ? [{ ...given, name: attribute.name }] : []
}
