import type { Backend } from '../core/backend.ts'
import type { Tensor } from '../core/ir/tensor.ts'
import { type Maps, mapsOf } from '../imaging/maps.ts'
import { classScores, type Reading } from './class-scores.ts'
import { layerKinds } from './layers/index.ts'
import { Looker } from './look.ts'
import { lossNamed } from './loss.ts'
import { oneAt } from './rows.ts'
import type { NetworkSpec } from './spec.ts'
import { type Summary, summarize } from './summary.ts'
import { checkTrace, type TracedSample } from './trace.ts'

/** Layers in a picture, at most: of more, as many of the first as of the last. */
export const MOST_DRAWN = 20

/** Values and their gradients as they are drawn. */
export interface TracedMaps {
  /** without the batch */
  readonly shape: readonly number[]
  readonly summary: Summary
  /** of ∂L/∂values */
  readonly gradientSummary: Summary
  readonly values: Maps
  readonly gradient: Maps
}

/** A layer's output. */
export interface TracedLayer extends TracedMaps {
  readonly name: string
  readonly type: string
  readonly formula: string
}

/** What the network should have said, and said: of one-hot targets the classes, else the numbers where they are few. */
export type Aim =
  | {
      readonly kind: 'class'
      readonly target: number
      /** that of the largest output; undefined where one is not finite */
      readonly predicted:
        | { readonly index: number; readonly output: number; readonly probability: number | undefined }
        | undefined
    }
  | {
      readonly kind: 'numbers'
      readonly target: readonly number[]
      readonly output: readonly number[]
      /** of the second of two classes, where the only output is its logit */
      readonly probability: number | undefined
    }
  | {
      readonly kind: 'many'
      readonly count: number
      /** max |y − t| and ‖y − t‖ */
      readonly largest: number
      readonly distance: number
    }

/** A trace as a picture shows it. Plain data: it crosses threads, and is no larger than what is drawn. */
export interface TraceMapsResult {
  readonly loss: { readonly id: string; readonly formula: string; readonly value: number }
  readonly aim: Aim
  readonly input: TracedMaps
  /** those drawn, first to last */
  readonly layers: readonly TracedLayer[]
  /** those left out in between; `after`: so many that are drawn */
  readonly leftOut:
    | {
        readonly after: number
        readonly count: number
        readonly all: number
        readonly first: string
        readonly last: string
      }
    | undefined
}

/** The network as it serves. Throws NetworkError `bad-data`. */
export function runTraceMaps(backend: Backend, sample: TracedSample): TraceMapsResult {
  const network = checkTrace(sample)
  const { spec } = network
  const loss = lossNamed(sample.loss)
  const looker = new Looker(backend, network, { loss, precision: sample.precision })
  const look = looker.look(sample.parameters, sample.input, sample.target)
  const drawn = drawnLayers(spec.layers.length)
  const layers = drawn.flatMap((i): TracedLayer[] => {
    const [layer, output, gradient] = [spec.layers[i], look.outputs[i], look.outputGradients[i]]
    const kind = layer && layerKinds.get(layer.type)
    if (!kind || !output || !gradient) return []
    return [{ name: layer.name, type: layer.type, formula: kind.formula, ...traced(output, gradient) }]
  })
  return {
    loss: { id: loss.id, formula: loss.formula, value: look.loss },
    aim: aimOf(look.outputs.at(-1) ?? look.input, sample.target, readingOf(spec, loss.id)),
    input: traced(look.input, look.inputGradient),
    layers,
    leftOut: leftOutOf(spec, drawn),
  }
}

/** Numbers of the layers that are drawn of so many. */
export function drawnLayers(count: number): number[] {
  const all = Array.from({ length: count }, (_, i) => i)
  if (count <= MOST_DRAWN) return all
  return [...all.slice(0, MOST_DRAWN / 2), ...all.slice(-MOST_DRAWN / 2)]
}

function leftOutOf({ layers }: NetworkSpec, drawn: readonly number[]): TraceMapsResult['leftOut'] {
  const gap = layers.findIndex((_, i) => drawn[i] !== i)
  const count = layers.length - drawn.length
  const [first, last] = [layers[gap], layers[gap + count - 1]]
  return first && last && { after: gap, count, all: layers.length, first: first.name, last: last.name }
}

function traced(values: Tensor, gradient: Tensor): TracedMaps {
  const shape = values.shape.slice(1)
  const [summary, ofGradient] = [summarize(values.data), summarize(gradient.data)]
  return {
    shape,
    summary,
    gradientSummary: ofGradient,
    values: mapsOf({ shape, data: values.data }, summary, 'sequential'),
    gradient: mapsOf({ shape, data: gradient.data }, ofGradient, 'diverging'),
  }
}

/** The buffers of all that is drawn: they need not be copied to another thread. */
export const levelsOf = ({ input, layers }: TraceMapsResult): Int16Array[] =>
  [input, ...layers].flatMap(({ values, gradient }) =>
    [...values.tiles, ...gradient.tiles].map(({ levels }) => levels),
  )

/** What makes probabilities of the outputs; of those after a last softmax or sigmoid, which are some, nothing. */
function readingOf({ layers }: NetworkSpec, loss: string): Reading {
  const last = layers.at(-1)?.type
  if (loss === 'cross-entropy' && last !== 'softmax') return 'softmax'
  if (loss === 'binary-cross-entropy' && last !== 'sigmoid') return 'sigmoid'
  return 'values'
}

/** Numbers that are written, at most. */
const MOST_WRITTEN = 4

function aimOf({ shape, data }: Tensor, target: Tensor, reading: Reading): Aim {
  const outputs = data.length
  const { max, notFinite } = summarize(data)
  const probabilities =
    notFinite === 0 && (outputs > 1 ? reading === 'softmax' : reading === 'sigmoid')
      ? classScores(data, outputs, reading).probabilities
      : undefined
  const isRow = shape.length === 2 && target.data.length > 1
  const wanted = isRow ? oneAt(target.data, 0, target.data.length) : undefined
  if (wanted !== undefined) {
    const index = data.indexOf(max)
    const predicted = { index, output: max, probability: probabilities?.[index] }
    return { kind: 'class', target: wanted, predicted: notFinite === 0 ? predicted : undefined }
  }
  if (outputs <= MOST_WRITTEN)
    return {
      kind: 'numbers',
      target: Array.from(target.data),
      output: Array.from(data),
      probability: probabilities?.[1],
    }
  const distances = summarize(data.map((y, i) => Math.abs(y - (target.data[i] ?? 0))))
  return { kind: 'many', count: outputs, largest: distances.max, distance: distances.norm }
}
