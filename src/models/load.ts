import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Graph, Node, Value } from '../core/ir/graph.ts'
import { formatShape, isSymbolic, sameShape, sizeOf } from '../core/ir/shape.ts'
import { canonical } from '../core/passes/index.ts'
import { inferenceGraph, networkOf } from '../networks/network.ts'
import type { StoredNetwork } from '../networks/store.ts'
import { type ImportedModel, importOnnx } from '../onnx/index.ts'
import { type Card, CardError, inputShape } from './card.ts'

/** A model's graph, ready to be explained. */
export interface LoadedGraph {
  readonly graph: Graph
  /** (N,C,H,W) */
  readonly input: Value
  /** (N,K), before any softmax */
  readonly logits: Value
  readonly layers: ReadonlyMap<string, Value>
  readonly classes: number
  readonly warnings: readonly string[]
}

/** Builds and prepares a network. Throws CardError when card and network disagree. */
export function loadNetwork(
  { spec, parameters }: Pick<StoredNetwork, 'spec' | 'parameters'>,
  card: Card,
  labels: number | undefined,
): LoadedGraph {
  const graph = inferenceGraph(networkOf(spec), parameters)
  return prepared({ graph, layers: new Map(), warnings: [] }, card, labels)
}

/** Reads and prepares a model. Throws CardError when card and file disagree, OnnxError or CoreError for a bad file. */
export async function loadGraph(
  folder: string,
  card: Card,
  labels: number | undefined,
): Promise<LoadedGraph> {
  const [channels, height, width] = inputShape(card.input)
  const file = await readFile(join(folder, 'model.onnx'))
  const isGrid = channels !== undefined && height !== undefined && width !== undefined
  return prepared(importOnnx(file, isGrid ? { inputSize: { channels, height, width } } : {}), card, labels)
}

function prepared(imported: ImportedModel, card: Card, labels: number | undefined): LoadedGraph {
  const graph = canonical(imported.graph)
  const [input] = graph.inputs
  const output = outputOf(graph, card)
  if (!input || graph.inputs.length !== 1) throw new CardError(card.id, ['model.onnx must have one input'])
  checkInput(card, input)
  const scores = card.output.scores === 'probabilities' ? beforeSoftmax(graph, output, card) : output
  const classes = sizeOf(scores.shape.slice(1))
  if (!isSymbolic(scores.shape[0] ?? 1) && scores.shape[0] !== input.shape[0])
    throw new CardError(card.id, [`the output ${formatShape(scores.shape)} has no batch dimension`])
  if (labels !== undefined && labels !== classes)
    throw new CardError(card.id, [`field "output.labels": ${labels} labels for ${classes} classes`])
  return {
    ...withPlanes(withRows(graph, scores, classes), input),
    layers: layersByName(graph, imported.layers),
    classes,
    warnings: imported.warnings,
  }
}

/** The output that the card names, or the first. */
function outputOf(graph: Graph, { id, output: { name } }: Card): Value {
  const output = name === undefined ? graph.outputs[0] : graph.outputs.find((value) => value.name === name)
  if (output) return output
  const names = graph.outputs.map((value) => value.name).join(', ')
  throw new CardError(id, [
    `field "output.name": model.onnx has no output ${name ?? ''}; it has ${names || 'none'}`,
  ])
}

function checkInput({ id, input: given }: Card, input: Value): void {
  const { name } = given
  if (name !== undefined && name !== input.name)
    throw new CardError(id, [`field "input.name": the card says ${name}, model.onnx takes ${input.name}`])
  const [batch = 1] = input.shape
  if (!isSymbolic(batch) && batch !== 1)
    throw new CardError(id, [
      `model.onnx takes batches of exactly ${batch} pictures: export it with a free batch dimension`,
    ])
  const expected = inputShape(given)
  if (!sameShape(expected, input.shape.slice(1)))
    throw new CardError(id, [
      `field "input": the card says ${formatShape(expected)}, model.onnx takes ${formatShape(input.shape.slice(1))}`,
    ])
}

/** The scores that a final softmax over all classes turns into probabilities; what comes after may only arrange them. */
function beforeSoftmax(graph: Graph, output: Value, { id }: Card): Value {
  const producers = new Map(graph.nodes.map((node) => [node.output, node]))
  let last = producers.get(output)
  while (last?.op === 'reshape') last = producers.get(last.inputs[0])
  if (last?.op === 'softmax' && last.output.shape[last.attrs.axis] === sizeOf(output.shape.slice(1)))
    return last.inputs[0]
  throw new CardError(id, [
    'field "output.scores": "probabilities" needs a model.onnx that ends in a Softmax over its classes',
  ])
}

/** The graph with an input (N,C,H,W), as all that explains it expects: features are one row. */
function withPlanes(
  { graph, logits }: { graph: Graph; logits: Value },
  input: Value,
): { graph: Graph; logits: Value; input: Value } {
  const [batch = 1, features = 1] = input.shape
  if (input.shape.length !== 2) return { graph, logits, input }
  const row: Value = { ...input, shape: [batch, 1, 1, features] }
  const flat: Node<'reshape'> = {
    op: 'reshape',
    inputs: [row],
    attrs: { shape: input.shape },
    output: input,
  }
  return { graph: { ...graph, inputs: [row], nodes: [flat, ...graph.nodes] }, logits, input: row }
}

/** The graph with its scores as logits (N,K), as all that explains them expects. */
function withRows(graph: Graph, scores: Value, classes: number): { graph: Graph; logits: Value } {
  const [batch = 1] = scores.shape
  if (scores.shape.length === 2) return { graph, logits: scores }
  const shape = [batch, classes]
  const logits: Value = { name: '', shape, dtype: scores.dtype }
  const rows: Node<'reshape'> = { op: 'reshape', inputs: [scores], attrs: { shape }, output: logits }
  return { graph: { ...graph, nodes: [...graph.nodes, rows], outputs: [logits] }, logits }
}

/** Names that survived the passes, and the importer's other names for the same values. */
function layersByName(graph: Graph, imported: ReadonlyMap<string, Value>): ReadonlyMap<string, Value> {
  const values = graph.nodes
    .map((node) => node.output)
    .filter((value) => value.name !== '' && value.dtype === 'float')
  const byName = new Map(values.map((value) => [value.name, value]))
  for (const [alias, { name }] of imported) {
    const value = byName.get(name)
    if (value && !byName.has(alias)) byName.set(alias, value)
  }
  return byName
}
