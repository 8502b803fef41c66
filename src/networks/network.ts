import { CoreError } from '../core/errors.ts'
import { GraphBuilder } from '../core/ir/builder.ts'
import type { Graph, Value } from '../core/ir/graph.ts'
import { N, type Shape, sizeOf } from '../core/ir/shape.ts'
import { type Tensor, tensor } from '../core/ir/tensor.ts'
import { NetworkError } from './errors.ts'
import { initialValues } from './initializers.ts'
import type { Mode, ParameterSpec } from './layer.ts'
import { layerKinds } from './layers/index.ts'
import { seededRandom } from './random.ts'
import type { LayerSpec, NetworkSpec } from './spec.ts'

/** A parameter under its whole name: `conv2d_1.weight`. */
export interface NetworkParameter extends ParameterSpec {
  readonly layer: string
}

/** A network that can be built: every layer fits what comes before it. */
export interface Network {
  readonly spec: NetworkSpec
  readonly parameters: readonly NetworkParameter[]
  /** each layer's output, without the batch */
  readonly shapes: ReadonlyMap<string, Shape>
}

/** The numbers of all parameters, in the network's order. */
export type Parameters = readonly (Float32Array | Float64Array)[]

/** What layers emitted into a graph. */
export interface Emitted {
  readonly output: Value
  /** of each layer, in order */
  readonly outputs: ReadonlyMap<string, Value>
  /** what replaces a parameter of role `state` after a training step */
  readonly updates: ReadonlyMap<string, Value>
  /** graph inputs that want numbers from 0 to 1 */
  readonly uniforms: readonly Value[]
}

/** Weights of a network, at most. */
export const MOST_WEIGHTS = 2_000_000
/** Numbers that a layer may give for one input, at most. */
export const MOST_NUMBERS = 2 ** 24

/** Checks a spec by building it. Throws NetworkError `bad-spec` naming the layer, and both shapes where they do not fit. */
export function networkOf(spec: NetworkSpec): Network {
  const known = networks.get(spec) ?? built(spec)
  networks.set(spec, known)
  return known
}

/** Whoever asks for a network again has the same spec mostly, as its store has it. */
const networks = new WeakMap<NetworkSpec, Network>()

function built(spec: NetworkSpec): Network {
  const inputs = sizeOf(spec.input)
  if (inputs > MOST_NUMBERS)
    throw new NetworkError('bad-spec', 'input', `expected at most ${MOST_NUMBERS} numbers, got ${inputs}`)
  const g = new GraphBuilder()
  const parameters: NetworkParameter[] = []
  const { outputs } = emitLayers(g, spec, g.input('x', [N, ...spec.input]), 'inference', (own) => {
    parameters.push(own)
    return g.input(own.name, own.shape)
  })
  const weights = parameters.reduce((sum, { shape }) => sum + sizeOf(shape), 0)
  if (weights > MOST_WEIGHTS)
    throw new NetworkError('bad-spec', 'layers', `expected at most ${MOST_WEIGHTS} weights, got ${weights}`)
  return {
    spec,
    parameters,
    shapes: new Map([...outputs].map(([name, { shape }]) => [name, shape.slice(1)])),
  }
}

/** Numbers of the largest layer that samples make together, at most, and samples together at most. */
const LARGEST_TOGETHER = 4_000_000
const MOST_TOGETHER = 1024

/** How many samples are computed together, so that large layers do not take the memory of all of them at once. */
export function samplesAtOnce({ spec, shapes }: Network): number {
  const largest = [...shapes.values()].reduce(
    (most, shape) => Math.max(most, sizeOf(shape)),
    sizeOf(spec.input),
  )
  return Math.max(1, Math.min(MOST_TOGETHER, Math.floor(LARGEST_TOGETHER / largest)))
}

/** Shape of one output. */
export const outputShapeOf = ({ shapes, spec }: Network): Shape => [...shapes.values()].at(-1) ?? spec.input

/** How many numbers come out for one input. */
export const outputsOf = (network: Network): number => sizeOf(outputShapeOf(network))

/** All parameters before training. */
export function initialParameters({ spec, parameters }: Network): Float64Array[] {
  const random = seededRandom(spec.seed)
  return parameters.map(({ shape, init }) => initialValues(shape, init, random))
}

/** Emits every layer; `parameterValue` says what stands for a parameter: a constant, or an input of the graph. */
export function emitLayers(
  g: GraphBuilder,
  spec: NetworkSpec,
  x: Value,
  mode: Mode,
  parameterValue: (parameter: NetworkParameter) => Value,
): Emitted {
  const outputs = new Map<string, Value>()
  const updates = new Map<string, Value>()
  const uniforms: Value[] = []
  let output = x
  spec.layers.forEach((layer, i) => {
    output = withPlace(layer, i, output, () => {
      const kind = layerKinds.get(layer.type)
      if (!kind) throw new NetworkError('bad-spec', 'type', `there is no layer ${layer.type}`)
      const own = new Map(
        kind.parameters(layer.params, output.shape).map((parameter) => {
          const whole = { ...parameter, layer: layer.name, name: `${layer.name}.${parameter.name}` }
          return [parameter.name, parameterValue(whole)]
        }),
      )
      const emitted = kind.emit(output, layer.params, {
        g,
        mode,
        parameter: (name) => found(own, name),
        output: (name) => earlier(outputs, name),
        update: (name, value) => updates.set(`${layer.name}.${name}`, value),
        uniform: (shape) => {
          const value = g.input(`${layer.name}.uniform`, shape)
          uniforms.push(value)
          return value
        },
      })
      const size = sizeOf(emitted.shape.slice(1))
      if (size > MOST_NUMBERS)
        throw new NetworkError(
          'bad-spec',
          '',
          `expected at most ${MOST_NUMBERS} numbers out of it, got ${size}`,
        )
      // a layer that emits nothing, as dropout in inference, is the one before it
      return emitted === output ? output : g.rename(emitted, layer.name)
    })
    outputs.set(layer.name, output)
  })
  return { output, outputs, updates, uniforms }
}

/** The network with its weights as constants, for everything that runs models. */
export function inferenceGraph(network: Network, values: Parameters): Graph {
  const g = new GraphBuilder()
  const x = g.input('input', [N, ...network.spec.input])
  let at = 0
  const { output } = emitLayers(g, network.spec, x, 'inference', ({ name, shape }) =>
    g.constant(parameterTensor(shape, values[at++]), name),
  )
  return g.build([output])
}

/** The parameters as inputs of a graph, without a copy. Throws RangeError when they are not this network's. */
export const parameterTensors = ({ parameters }: Network, values: Parameters): Tensor[] =>
  parameters.map(({ shape }, i) => parameterTensor(shape, values[i]))

export function parameterTensor(shape: Shape, data: Float32Array | Float64Array | undefined): Tensor {
  if (!data || data.length !== sizeOf(shape)) throw new RangeError('a parameter lacks its numbers')
  return tensor(shape, data)
}

function found(own: ReadonlyMap<string, Value>, name: string): Value {
  const value = own.get(name)
  if (!value) throw new RangeError(`the layer has no parameter ${name}`)
  return value
}

function earlier(outputs: ReadonlyMap<string, Value>, name: string): Value {
  const value = outputs.get(name)
  if (value) return value
  throw new NetworkError('bad-spec', 'with', `there is no earlier layer ${JSON.stringify(name)}`)
}

/** Errors of a layer with the place where it stands and what it was given. */
function withPlace<T>({ name, type }: LayerSpec, i: number, input: Value, emit: () => T): T {
  try {
    return emit()
  } catch (error) {
    const got = input.shape.slice(1).join('×')
    if (error instanceof NetworkError)
      throw new NetworkError(
        error.kind,
        [`layers[${i}]`, error.parameter].filter(Boolean).join('.'),
        `layer ${name}: ${error.message}`,
      )
    if (error instanceof CoreError && error.kind === 'shape')
      throw new NetworkError(
        'bad-spec',
        `layers[${i}]`,
        `layer ${name} (${type}) does not fit an input of ${got}: ${error.message}`,
      )
    throw error
  }
}
