import { differentiate } from '../core/autodiff/differentiate.ts'
import { GraphBuilder } from '../core/ir/builder.ts'
import type { Graph, Value } from '../core/ir/graph.ts'
import { N, type Shape } from '../core/ir/shape.ts'
import type { Loss } from './loss.ts'
import { emitLayers, type Network } from './network.ts'

/**
 * One training step as a graph. Inputs: x, targets, every parameter, numbers from 0 to 1 for each of `uniforms`, the cotangent of the
 * loss. Outputs: loss, output, the new values of `states`, one gradient for each of `learnt`.
 */
export interface TrainingGraph {
  readonly graph: Graph
  readonly uniforms: readonly Shape[]
  /** places of parameters in the network: those whose new values are answered, those whose gradients are */
  readonly states: readonly number[]
  readonly learnt: readonly number[]
}

export function trainingGraph(network: Network, loss: Loss): TrainingGraph {
  const g = new GraphBuilder()
  const x = g.input('input', [N, ...network.spec.input])
  const outputShape = [...network.shapes.values()].at(-1) ?? network.spec.input
  const t = g.input('targets', [N, ...outputShape])
  const values = new Map<string, Value>(
    network.parameters.map(({ name, shape }) => [name, g.input(name, shape)]),
  )
  const { output, updates, uniforms } = emitLayers(g, network.spec, x, 'training', ({ name }) => {
    const value = values.get(name)
    if (!value) throw new RangeError(`the network has no parameter ${name}`)
    return value
  })
  const lost = loss.emit(g, output, t)
  const states = placesOf(network, ({ role }) => role === 'state')
  const learnt = placesOf(network, ({ role }) => role !== 'state')
  const valueAt = (place: number): Value => values.get(network.parameters[place]?.name ?? '') ?? x
  const next = states.map((place) => updates.get(network.parameters[place]?.name ?? '') ?? valueAt(place))
  const graph = differentiate(g.build([lost, output, ...next]), {
    output: lost,
    keep: [lost, output, ...next],
    wrt: learnt.map(valueAt),
  })
  return { graph, uniforms: uniforms.map(({ shape }) => shape), states, learnt }
}

/** Loss and output of a network as it serves, for data that it does not learn from. Inputs: x, targets, every parameter. */
export function evaluationGraph(network: Network, loss: Loss): Graph {
  const g = new GraphBuilder()
  const x = g.input('input', [N, ...network.spec.input])
  const outputShape = [...network.shapes.values()].at(-1) ?? network.spec.input
  const t = g.input('targets', [N, ...outputShape])
  const { output } = emitLayers(g, network.spec, x, 'inference', ({ name, shape }) => g.input(name, shape))
  return g.build([loss.emit(g, output, t), output])
}

const placesOf = (
  { parameters }: Network,
  is: (parameter: Network['parameters'][number]) => boolean,
): number[] => parameters.flatMap((parameter, place) => (is(parameter) ? [place] : []))
