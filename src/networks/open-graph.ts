import type { Backend } from '../core/backend.ts'
import { GraphBuilder } from '../core/ir/builder.ts'
import type { Graph, Value } from '../core/ir/graph.ts'
import { formatShape, N, type Shape, sameShape, sizeOf } from '../core/ir/shape.ts'
import { type Tensor, tensor } from '../core/ir/tensor.ts'
import { findNonFinite } from '../imaging/npy.ts'
import { numbersOf, type Precision } from './data.ts'
import { NetworkError } from './errors.ts'
import type { Mode } from './layer.ts'
import { type Emitted, emitLayers, type Network } from './network.ts'

/** A network whose every value can be looked at. Inputs of its graph: x, every parameter, dropout's numbers. */
export interface OpenGraph extends Emitted {
  readonly g: GraphBuilder
  readonly x: Value
  readonly parameters: ReadonlyMap<string, Value>
}

/** Parameters are inputs, so that one program serves a network while it changes, and nothing of it stays in the kernels' memory. */
export function openGraph({ spec, parameters }: Network, mode: Mode): OpenGraph {
  const g = new GraphBuilder()
  const x = g.input('input', [N, ...spec.input])
  const values = new Map(parameters.map(({ name, shape }) => [name, g.input(name, shape)]))
  const emitted = emitLayers(g, spec, x, mode, ({ name }) => {
    const value = values.get(name)
    if (!value) throw new RangeError(`the network has no parameter ${name}`)
    return value
  })
  return { ...emitted, g, x, parameters: values }
}

/** Numbers of a precision. */
export function inPrecision({ shape, data }: Pick<Tensor, 'shape' | 'data'>, precision: Precision): Tensor {
  const own = numbersOf(precision, data.length)
  own.set(data)
  return tensor(shape, own)
}

/** Throws NetworkError `bad-data` for another shape than (N, …expected), and for what is not finite. */
export function checkData(parameter: string, { shape, data }: Tensor, expected: Shape): void {
  if (shape.length === 0 || (shape[0] ?? 0) < 1 || !sameShape(shape.slice(1), expected))
    throw new NetworkError(
      'bad-data',
      parameter,
      `expected samples of ${formatShape(expected)}, got ${formatShape(shape.slice(1))}`,
    )
  const bad = findNonFinite({ shape, data })
  if (bad !== undefined) throw new NetworkError('bad-data', parameter, bad)
}

/** By graph, as backends keep their programs. */
const onces = new WeakMap<Graph, Graph>()

/** The same graph with each of its outputs once, and no inputs among them. */
function answeredOnce(graph: Graph): Graph {
  const known = onces.get(graph)
  if (known) return known
  const outputs = [...new Set(graph.outputs)].filter((value) => !graph.inputs.includes(value))
  const once = { ...graph, outputs }
  onces.set(graph, once)
  return once
}

/** Runs a graph each of whose outputs may stand there several times, or be an input. */
export function answersOf(
  backend: Backend,
  graph: Graph,
  batch: number,
  inputs: readonly Tensor[],
): Tensor[] {
  const known = new Map<Value, Tensor>()
  graph.inputs.forEach((value, i) => {
    const given = inputs[i]
    if (given) known.set(value, given)
  })
  const once = answeredOnce(graph)
  if (once.outputs.length > 0)
    backend
      .compile(once, batch)
      .run(inputs)
      .forEach((result, i) => {
        const value = once.outputs[i]
        if (value) known.set(value, result)
      })
  return graph.outputs.map((value) => {
    const found = known.get(value)
    if (!found) throw new RangeError('a graph did not answer')
    return found
  })
}

/** Multiplications that the slow reference is asked for, at most, unless it was asked for by name. */
const SMALL_WORK = 2e7

/** Beyond this it is refused even then. */
const MOST_WORK = 1e9

/** The precision asked for, or else float64 for networks that are small enough for it. Throws NetworkError `bad-data`. */
export function precisionFor(network: Network, count: number, asked?: Precision): Precision {
  const work = count * workOf(network)
  if (asked === 'float64' && work > MOST_WORK)
    throw new NetworkError(
      'bad-data',
      'precision',
      `expected float32 for so large a network and so much data: float64 is slow (${work.toExponential(1)} multiplications, at most ${MOST_WORK.toExponential(0)})`,
    )
  return asked ?? (work <= SMALL_WORK ? 'float64' : 'float32')
}

/** Multiplications of one sample, about. */
function workOf(network: Network): number {
  let work = 0
  for (const [name, shape] of network.shapes) {
    const weight = network.parameters.find((own) => own.layer === name && own.role === 'weight')
    const each = weight ? sizeOf(weight.shape) / (weight.shape[0] ?? 1) : 1
    work += sizeOf(shape) * each
  }
  return work
}
