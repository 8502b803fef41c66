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
  let visited = 0
  const visit = (nodes: readonly OnnxNode[], scope: Scope | undefined): void => {
    nodes.forEach((node, index) => {
      visited += 1
      if (visited > MAX_NODES)
        throw unsupported(`the functions of the file unfold to more than ${MAX_NODES} nodes`)
      const renamed = scope ? rename(node, scope) : node
      const callee = functions.get(keyOf(node.domain, node.op, node.overload))
      if (!callee) flat.push({ ...renamed, opset: scope?.opset ?? opset })
      else {
        flat.push(...passedOn(callee, renamed, opset))
        visit(callee.nodes, callScope(callee, renamed, index, scope, opset))
      }
    })
  }
  visit(model.graph.nodes, undefined)
  return flat
}

const keyOf = (domain: string, name: string, overload: string): string =>
  JSON.stringify([domain, name, overload])

/** An output of a function that is also its input: no node of the body defines it. */
const passedOn = (callee: OnnxFunction, call: OnnxNode, opset: number): FlatNode[] =>
  callee.outputs.flatMap((name, i) => {
    const [input, output] = [call.inputs[callee.inputs.indexOf(name)], call.outputs[i]]
    return input && output
      ? [{ ...call, op: 'Identity', domain: '', inputs: [input], outputs: [output], attributes: [], opset }]
      : []
  })

/** Inner names become `Block_3/Linear_0/name`: by the calls' places, since names of nodes need not be unique. */
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
    prefix: `${caller?.prefix ?? ''}${callee.name}_${index}/`,
    depth,
    // Outputs that the call leaves out may still be read inside; inputs that it leaves out are left out there.
    names: new Map([
      ...pairs(callee.outputs, call.outputs).filter(([, outer]) => outer !== ''),
      ...pairs(callee.inputs, call.inputs),
    ]),
    attributes: new Map([...callee.defaults, ...call.attributes].map((a) => [a.name, a])),
  }
}

function rename(node: OnnxNode, scope: Scope): OnnxNode {
  const outside = (name: string): string =>
    name === '' ? '' : (scope.names.get(name) ?? `${scope.prefix}${name}`)
  return {
    ...node,
    name: node.name && `${scope.prefix}${node.name}`,
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
