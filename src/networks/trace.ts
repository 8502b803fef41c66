import type { Backend } from '../core/backend.ts'
import { formatShape } from '../core/ir/shape.ts'
import { type Tensor, tensor } from '../core/ir/tensor.ts'
import { numbersOf, type Precision } from './data.ts'
import { NetworkError } from './errors.ts'
import { layerKinds } from './layers/index.ts'
import { Looker } from './look.ts'
import { lossNamed } from './loss.ts'
import { type Network, type NetworkParameter, networkOf, outputShapeOf, type Parameters } from './network.ts'
import { checkData } from './open-graph.ts'
import { freshMemory, type GradientOptimizer, moveParameter } from './optimizer.ts'
import type { NetworkSpec } from './spec.ts'
import { type Shown, shown } from './summary.ts'

/** One sample to follow through a network. Plain data: it crosses threads. */
export interface TraceJob {
  readonly spec: NetworkSpec
  readonly parameters: Parameters
  /** (1, …) */
  readonly input: Tensor
  /** (1, …) as the output */
  readonly target: Tensor
  readonly loss: string
  readonly optimizer: GradientOptimizer
  readonly precision: Precision
  /** arrays of more numbers are summaries */
  readonly most: number
}

/** What a layer does, forward and backward. */
export interface LayerTrace {
  readonly name: string
  readonly type: string
  readonly formula: string
  readonly derivative: string
  readonly input: Shown
  readonly output: Shown
  /** f′(input), of layers that work at each place by itself */
  readonly local: Shown | undefined
  /** ∂L/∂output */
  readonly incoming: Shown
  /** ∂L/∂input, of all layers that read it together */
  readonly outgoing: Shown
  readonly parameters: readonly ParameterTrace[]
}

export interface ParameterTrace {
  readonly name: string
  readonly value: Shown
  readonly gradient: Shown
  /** what the first step of the optimiser would add */
  readonly update: Shown
}

export interface TraceResult {
  readonly loss: { readonly id: string; readonly formula: string; readonly value: number }
  readonly output: Tensor
  /** first to last */
  readonly layers: readonly LayerTrace[]
}

/** What every trace needs. */
export type TracedSample = Pick<TraceJob, 'spec' | 'parameters' | 'input' | 'target' | 'loss' | 'precision'>

/** A job that can be run, with its network. Throws NetworkError `bad-data`. */
export function checkTrace({ spec, input, target, loss }: TracedSample): Network {
  const network = networkOf(spec)
  lossNamed(loss)
  checkData('input', input, spec.input)
  checkData('target', target, outputShapeOf(network))
  for (const [parameter, { shape }] of Object.entries({ input, target }))
    if (shape[0] !== 1)
      throw new NetworkError('bad-data', parameter, `expected one sample, got ${formatShape(shape)}`)
  return network
}

/** The network as it serves: dropout is off, batch norm takes its running statistics. Throws NetworkError `bad-data`. */
export function runTrace(backend: Backend, job: TraceJob): TraceResult {
  const network = checkTrace(job)
  const { input, target, optimizer, precision, most } = job
  const loss = lossNamed(job.loss)
  const looker = new Looker(backend, network, { loss, precision })
  const look = looker.look(job.parameters, input, target)
  const show = (of: Tensor) => shown(of, most)
  const layers = network.spec.layers.flatMap(({ name, type }, i): LayerTrace[] => {
    const kind = layerKinds.get(type)
    const [x, y] = [i === 0 ? look.input : look.outputs[i - 1], look.outputs[i]]
    const [incoming, outgoing] = [
      look.outputGradients[i],
      i === 0 ? look.inputGradient : look.outputGradients[i - 1],
    ]
    if (!kind || !x || !y || !incoming || !outgoing) return []
    const local = looker.local(look, i)
    return [
      {
        ...{ name, type, formula: kind.formula, derivative: kind.derivative.formula },
        input: show(x),
        output: show(y),
        local: local && show(local),
        incoming: show(incoming),
        outgoing: show(outgoing),
        parameters: network.parameters.flatMap((parameter, place) => {
          const gradient = look.parameterGradients[place]
          if (parameter.layer !== name || !gradient) return []
          const value = tensor(parameter.shape, job.parameters[place] ?? [])
          const update = proposedUpdate(optimizer, parameter, value, gradient)
          return [
            { name: parameter.name, value: show(value), gradient: show(gradient), update: show(update) },
          ]
        }),
      },
    ]
  })
  const output = look.outputs.at(-1) ?? look.input
  return { loss: { id: loss.id, formula: loss.formula, value: look.loss }, output, layers }
}

/** What an optimiser's first step would add to a parameter. */
export function proposedUpdate(
  optimizer: GradientOptimizer,
  { role, shape }: Pick<NetworkParameter, 'role' | 'shape'>,
  value: Tensor,
  gradient: Tensor,
): Tensor {
  const moved = numbersOf('float64', value.data.length)
  moved.set(value.data)
  moveParameter(optimizer, moved, gradient.data, freshMemory(optimizer, moved), {
    step: 1,
    learningRate: optimizer.learningRate,
    momentum: undefined,
    role: role === 'bias' ? 'bias' : 'weight',
  })
  for (let i = 0; i < moved.length; i++) moved[i] = (moved[i] ?? 0) - (value.data[i] ?? 0)
  return tensor(shape, moved)
}
