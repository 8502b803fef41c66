import type { Backend } from '../core/backend.ts'
import { sizeOf } from '../core/ir/shape.ts'
import { type Tensor, tensor } from '../core/ir/tensor.ts'
import { type Boundary, boundariesOf, type ScoreGrid, type Span, type View } from './boundary.ts'
import {
  type Classifier,
  type ClassScores,
  classesOf,
  classifierOf,
  classScores,
  labelsOf,
  type Reading,
} from './class-scores.ts'
import { NetworkError } from './errors.ts'
import {
  type Network,
  networkOf,
  outputShapeOf,
  type Parameters,
  parameterTensors,
  samplesAtOnce,
} from './network.ts'
import { openGraph } from './open-graph.ts'
import type { NetworkSpec } from './spec.ts'

/** A classifier to be looked at in a plane of two of its inputs. Plain data: it crosses threads. */
export interface DecisionMapJob {
  readonly spec: NetworkSpec
  readonly parameters: Parameters
  /** the loss of its training, if that is known */
  readonly loss: string | undefined
  /** x and y of each */
  readonly points: Float64Array
  /** places among the inputs: of x and of y */
  readonly features: readonly [number, number]
  /** one number for each input; those of the features are not used */
  readonly hold: Float64Array
  readonly view: View
  /** grid points along each axis */
  readonly resolution: number
}

/** What a classifier says everywhere in a view, and of the points. */
export interface DecisionMap {
  readonly reading: Reading
  readonly grid: ScoreGrid
  /** of the grid's points, row by row, upwards */
  readonly labels: Uint8Array
  readonly boundaries: readonly Boundary[]
  readonly points: { readonly labels: Uint8Array; readonly probabilities: Float64Array }
}

export interface DecisionMapResult {
  readonly map: DecisionMap
  readonly timings: { readonly forward: number }
}

/** Colours and markers tell apart no more. */
export const MOST_CLASSES = 20

/** Inputs and classes of a network that can be drawn. Throws NetworkError `bad-spec`. */
export function drawable(spec: NetworkSpec, loss: string | undefined): { inputs: number; classes: number } {
  const { network, outputs, reading } = opened(classifierOf(spec, loss))
  const classes = classesOf(outputs, reading)
  if (classes > MOST_CLASSES)
    throw new NetworkError('bad-spec', 'model', `expected at most ${MOST_CLASSES} classes, got ${classes}`)
  return { inputs: sizeOf(network.spec.input), classes }
}

/** The view of points with room around them: `padding` of their extent at each side. */
export function viewAround(points: Float64Array, padding: number): View {
  const span = (axis: 0 | 1): Span => {
    let [low, high] = [Infinity, -Infinity]
    for (let i = axis; i < points.length; i += 2) {
      low = Math.min(low, points[i] ?? 0)
      high = Math.max(high, points[i] ?? 0)
    }
    // points in a line have no extent across it
    const extent = high - low || Math.max(1, Math.abs(high))
    const room = high > low ? padding * extent : extent / 2
    return [low - room, high + room]
  }
  return { x: span(0), y: span(1) }
}

/** Runs the network all over the view. Throws NetworkError `diverged` where it answers with what is no number. */
export function runDecisionMap(backend: Backend, job: DecisionMapJob): DecisionMapResult {
  const { view, resolution: side, points } = job
  const started = performance.now()
  const classifier = classifierOf(job.spec, job.loss)
  const scored = scorer(classifier, job, backend)
  const own = scored(points)
  const grid = { ...scored(gridOf(view, side)), columns: side, rows: side }
  const forward = performance.now() - started
  const labels = labelsOf(grid)
  return {
    map: {
      reading: classifier.reading,
      grid,
      labels,
      boundaries: boundariesOf(grid, labels, view),
      points: { labels: labelsOf(own), probabilities: own.probabilities },
    },
    timings: { forward },
  }
}

/** x and y of the grid's points, row by row, upwards. */
function gridOf({ x, y }: View, side: number): Float64Array {
  const places = new Float64Array(2 * side * side)
  for (let row = 0; row < side; row++)
    for (let column = 0; column < side; column++) {
      const at = 2 * (row * side + column)
      places[at] = between(x, column / (side - 1))
      places[at + 1] = between(y, row / (side - 1))
    }
  return places
}

const between = ([from, to]: Span, t: number): number => from + t * (to - from)

function opened({ spec, reading }: Classifier): { network: Network; outputs: number; reading: Reading } {
  const network = networkOf(spec)
  const shape = outputShapeOf(network)
  const [outputs = 0, ...more] = shape
  if (more.length === 0) return { network, outputs, reading }
  throw new NetworkError(
    'bad-spec',
    'model',
    `expected a network with one output for each class, got an output of ${shape.join('×')}`,
  )
}

/** Scores of places in the plane. All batches have one size, so that one program runs them. */
function scorer(
  classifier: Classifier,
  job: DecisionMapJob,
  backend: Backend,
): (places: Float64Array) => ClassScores {
  const { network, outputs, reading } = opened(classifier)
  const batch = samplesAtOnce(network)
  const { g, output } = openGraph(network, 'inference')
  const graph = g.build([output])
  const parameters = parameterTensors(network, job.parameters)
  return (places) => {
    const count = places.length / 2
    const values = new Float64Array(count * outputs)
    for (let from = 0; from < count; from += batch) {
      const [result] = backend.compile(graph, batch).run([inputs(job, places, from, batch), ...parameters])
      const some = Math.min(batch, count - from) * outputs
      for (let i = 0; i < some; i++) values[from * outputs + i] = result?.data[i] ?? Number.NaN
    }
    const bad = values.findIndex((value) => !Number.isFinite(value))
    if (bad >= 0) throw notANumber(places, Math.floor(bad / outputs), values[bad] ?? 0)
    return classScores(values, outputs, reading)
  }
}

/** A batch of places from `from` on; behind the last one, what is held. */
function inputs(
  { spec, features, hold }: DecisionMapJob,
  places: Float64Array,
  from: number,
  batch: number,
): Tensor {
  const size = hold.length
  const data = new Float32Array(batch * size)
  for (let i = 0; i < batch; i++) {
    data.set(hold, i * size)
    if (2 * (from + i) >= places.length) continue
    data[i * size + features[0]] = places[2 * (from + i)] ?? 0
    data[i * size + features[1]] = places[2 * (from + i) + 1] ?? 0
  }
  return tensor([batch, ...spec.input], data)
}

const notANumber = (places: Float64Array, i: number, value: number): NetworkError =>
  new NetworkError(
    'diverged',
    'model',
    `expected a model that answers with numbers, got ${value} at (${places[2 * i]}, ${places[2 * i + 1]}): train it again with a smaller learning rate`,
  )
