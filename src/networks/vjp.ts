import { differentiate } from '../core/autodiff/differentiate.ts'
import type { Backend } from '../core/backend.ts'
import type { Value } from '../core/ir/graph.ts'
import { formatShape } from '../core/ir/shape.ts'
import type { Tensor } from '../core/ir/tensor.ts'
import type { Precision } from './data.ts'
import { NetworkError } from './errors.ts'
import type { Mode } from './layer.ts'
import { type Network, networkOf, outputShapeOf, type Parameters, parameterTensors } from './network.ts'
import { answersOf, checkData, inPrecision, type OpenGraph, openGraph } from './open-graph.ts'
import type { NetworkSpec } from './spec.ts'

/** A question for gradients. Plain data: it crosses threads. */
export interface VjpJob {
  readonly spec: NetworkSpec
  readonly parameters: Parameters
  /** (N, …) */
  readonly input: Tensor
  /** as the output; undefined: 1 everywhere */
  readonly cotangent: Tensor | undefined
  /** `input`, parameters (`conv2d_1.weight`) or layers (`relu_1`: their outputs) */
  readonly wrt: readonly string[]
  readonly mode: Mode
  readonly precision: Precision
}

/** The output, and ∂⟨cotangent, output⟩ by what was asked for, each in its own shape. */
export interface VjpResult {
  readonly output: Tensor
  readonly gradients: ReadonlyMap<string, Tensor>
}

/** A job that can be run, with its network. Throws NetworkError `bad-data`. */
export function checkVjp({ spec, input, cotangent, wrt }: VjpJob): Network {
  const network = networkOf(spec)
  checkData('input', input, spec.input)
  for (const name of wrt) checkName(network, name)
  if (!cotangent) return network
  const outputShape = outputShapeOf(network)
  checkData('cotangent', cotangent, outputShape)
  if (cotangent.shape[0] === input.shape[0]) return network
  const wanted = formatShape([input.shape[0] ?? 1, ...outputShape])
  throw new NetworkError(
    'bad-data',
    'cotangent',
    `expected ${wanted}, as the output, got ${formatShape(cotangent.shape)}`,
  )
}

/** ct ↦ ctᵀ J for any cotangent; dropout is off. Throws NetworkError `bad-data`. */
export function runVjp(backend: Backend, job: VjpJob): VjpResult {
  const network = checkVjp(job)
  const { input, precision } = job
  const [batch = 1] = input.shape
  const cotangent = job.cotangent ?? ones([batch, ...outputShapeOf(network)])
  const open = openGraph({ ...network, spec: withoutDropout(network.spec) }, job.mode)
  const graph = differentiate(open.g.build([open.output]), {
    output: open.output,
    keep: [open.output],
    wrt: job.wrt.map((name) => named(open, name)),
  })
  const [output, ...gradients] = answersOf(backend, graph, batch, [
    inPrecision(input, precision),
    ...parameterTensors(network, job.parameters).map((own) => inPrecision(own, precision)),
    inPrecision(cotangent, precision),
  ])
  if (!output) throw new RangeError('a network without an output')
  return { output, gradients: new Map(job.wrt.flatMap((name, i) => pairOf(name, gradients[i]))) }
}

/** Dropout would make every look another one. */
function withoutDropout(spec: NetworkSpec): NetworkSpec {
  const layers = spec.layers.map((layer) =>
    layer.type === 'dropout' ? { ...layer, params: { ...layer.params, rate: 0 } } : layer,
  )
  return { ...spec, layers }
}

const pairOf = (name: string, gradient: Tensor | undefined): [string, Tensor][] =>
  gradient ? [[name, gradient]] : []

const ones = (shape: readonly number[]): Tensor => ({
  shape,
  dtype: 'float',
  data: new Float64Array(shape.reduce((a, b) => a * b, 1)).fill(1),
})

/** Names listed in a refusal, at most. */
const MOST_NAMES = 40

function checkName({ parameters, shapes }: Network, name: string): void {
  const names = ['input', ...parameters.map((own) => own.name), ...shapes.keys()]
  if (names.includes(name)) return
  throw new NetworkError(
    'bad-data',
    'wrt',
    `there is no ${JSON.stringify(name.slice(0, 80))} in the network: take some of ${names.slice(0, MOST_NAMES).join(', ')}${names.length > MOST_NAMES ? ', …' : ''}`,
  )
}

function named({ x, parameters, outputs }: OpenGraph, name: string): Value {
  const value = name === 'input' ? x : (parameters.get(name) ?? outputs.get(name))
  if (!value) throw new RangeError(`the network has no ${name}`)
  return value
}
