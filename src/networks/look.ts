import { differentiate } from '../core/autodiff/differentiate.ts'
import type { Backend } from '../core/backend.ts'
import type { Value } from '../core/ir/graph.ts'
import { N } from '../core/ir/shape.ts'
import { scalar, type Tensor } from '../core/ir/tensor.ts'
import type { Precision } from './data.ts'
import { type LocalDerivatives, localDerivatives } from './local-derivative.ts'
import type { Loss } from './loss.ts'
import { type Network, outputShapeOf, type Parameters, parameterTensors } from './network.ts'
import { answersOf, inPrecision, openGraph } from './open-graph.ts'

/** All values of a network for some samples, forward and backward. Layers and parameters in the network's order. */
export interface Look {
  readonly loss: number
  readonly parameters: readonly Tensor[]
  readonly input: Tensor
  readonly outputs: readonly Tensor[]
  /** ∂L/∂ of the input, of each layer's output, of each parameter that is learnt (undefined for the others) */
  readonly inputGradient: Tensor
  readonly outputGradients: readonly Tensor[]
  readonly parameterGradients: readonly (Tensor | undefined)[]
}

/** Looks into a network, as it serves, again and again; its graphs are made once. */
export class Looker {
  readonly #backend: Backend
  readonly #precision: Precision
  readonly #network: Network
  readonly #graph: ReturnType<typeof lookGraph>
  readonly #derivatives: readonly (LocalDerivatives | undefined)[]

  constructor(
    backend: Backend,
    network: Network,
    { loss, precision }: { readonly loss: Loss; readonly precision: Precision },
  ) {
    this.#backend = backend
    this.#network = network
    this.#precision = precision
    this.#graph = lookGraph(network, loss)
    let inputShape = network.spec.input
    this.#derivatives = network.spec.layers.map((layer) => {
      const own = localDerivatives(backend, layer, inputShape, precision)
      inputShape = network.shapes.get(layer.name) ?? inputShape
      return own
    })
  }

  /** x and t: as many samples of each. */
  look(values: Parameters, x: Tensor, t: Tensor): Look {
    const { graph, layers, learnt } = this.#graph
    const [batch = 1] = x.shape
    const input = inPrecision(x, this.#precision)
    const parameters = parameterTensors(this.#network, values).map((own) => inPrecision(own, this.#precision))
    const [loss, ...rest] = answersOf(this.#backend, graph, batch, [
      input,
      ...parameters,
      inPrecision(t, this.#precision),
      inPrecision(scalar(1), this.#precision),
    ])
    const [inputGradient, ...gradients] = rest.slice(layers)
    if (!inputGradient) throw new RangeError('a look without gradients')
    const ofParameters = gradients.slice(layers)
    return {
      loss: loss?.data[0] ?? Number.NaN,
      parameters,
      input,
      outputs: rest.slice(0, layers),
      inputGradient,
      outputGradients: gradients.slice(0, layers),
      parameterGradients: parameters.map((_, place) => ofParameters[learnt.indexOf(place)]),
    }
  }

  /** f′ of a layer that works at each place by itself, there; undefined for the others. */
  local(look: Look, layer: number): Tensor | undefined {
    const x = layer === 0 ? look.input : look.outputs[layer - 1]
    const parameterOf = (name: string): Tensor => {
      const found = look.parameters[this.#network.parameters.findIndex((own) => own.name === name)]
      if (!found) throw new RangeError(`the network has no parameter ${name}`)
      return found
    }
    return x && this.#derivatives[layer]?.(x, parameterOf)
  }
}

/** Answers: the loss, every layer's output, the gradients of the input, every layer's output, every learnt parameter. */
function lookGraph(network: Network, loss: Loss) {
  const { g, x, output, outputs, parameters } = openGraph(network, 'inference')
  const t = g.input('targets', [N, ...outputShapeOf(network)])
  const lost = loss.emit(g, output, t)
  const layers: Value[] = [...outputs.values()]
  const learnt = network.parameters.flatMap(({ role }, place) => (role === 'state' ? [] : [place]))
  const values = [...parameters.values()]
  const graph = differentiate(g.build([lost, ...layers]), {
    output: lost,
    keep: [lost, ...layers],
    wrt: [x, ...layers, ...learnt.flatMap((place) => values[place] ?? [])],
  })
  return { graph, layers: layers.length, learnt }
}
