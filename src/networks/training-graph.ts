import { differentiate } from '../core/autodiff/differentiate.ts'
import type { GraphBuilder } from '../core/ir/builder.ts'
import type { Graph, Value } from '../core/ir/graph.ts'
import { N, type Shape } from '../core/ir/shape.ts'
import type { Loss } from './loss.ts'
import { type Network, outputShapeOf } from './network.ts'
import { openGraph } from './open-graph.ts'

/**
 * One training step as a graph. Inputs: x, every parameter, numbers from 0 to 1 for each of `uniforms`, targets, the cotangent of the
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
  const { g, output, parameters, updates, uniforms } = openGraph(network, 'training')
  const t = targetsOf(g, network)
  const lost = loss.emit(g, output, t)
  const states = placesOf(network, ({ role }) => role === 'state')
  const learnt = placesOf(network, ({ role }) => role !== 'state')
  const named = [...parameters]
  const next = states.flatMap((place) => {
    const [name, value] = named[place] ?? []
    return updates.get(name ?? '') ?? value ?? []
  })
  const graph = differentiate(g.build([lost, output, ...next]), {
    output: lost,
    keep: [lost, output, ...next],
    wrt: learnt.flatMap((place) => named[place]?.[1] ?? []),
  })
  return { graph, uniforms: uniforms.map(({ shape }) => shape), states, learnt }
}

/** Loss and output of a network as it serves, for data that it does not learn from. Inputs: x, every parameter, targets. */
export function evaluationGraph(network: Network, loss: Loss): Graph {
  const { g, output } = openGraph(network, 'inference')
  return g.build([loss.emit(g, output, targetsOf(g, network)), output])
}

const targetsOf = (g: GraphBuilder, network: Network): Value =>
  g.input('targets', [N, ...outputShapeOf(network)])

const placesOf = (
  { parameters }: Network,
  is: (parameter: Network['parameters'][number]) => boolean,
): number[] => parameters.flatMap((parameter, place) => (is(parameter) ? [place] : []))
