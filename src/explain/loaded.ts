import type { Graph, Value } from '../core/ir/graph.ts'
import { formatShape, isSymbolic, sizeOf } from '../core/ir/shape.ts'
import { nearest } from '../faults/near.ts'
import { ExplainError } from './errors.ts'

/** A model as explaining sees it. Graphs derived from it are cached under the object itself. */
export interface LoadedModel {
  /** forward, canonicalised, with a free batch dimension (or a batch of 1) */
  readonly graph: Graph
  /** (N,C,H,W) */
  readonly input: Value
  /** (N,K), the scores before any softmax */
  readonly logits: Value
  /** intermediate values by name */
  readonly layers: ReadonlyMap<string, Value>
  /** the card's layer for CAM methods */
  readonly camLayer?: string | undefined
  /** preprocessing of raw values 0..255, per channel: (v − mean)/std */
  readonly mean: readonly number[]
  readonly std: readonly number[]
  /** how many points run as one batch; chosen from the model's activations unless given */
  readonly pointsPerRun?: number | undefined
}

/** Points of a run: weights that are read once for so many are about as good as read for none. */
const POINTS_PER_RUN = 8
/** Numbers of activations that a run may have: it takes about as many bytes. */
const LARGE_BATCH = 190_000_000
/** … and that are so few that more points fit the second-level cache. */
const SMALL_BATCH = 1_000_000
const MOST_POINTS_PER_RUN = 16

/**
 * How many points run as one batch, in which weights are read once: more of a small model, fewer where it would take much memory. A
 * constant of the model, never of the load or the threads: the same request must give the same bytes.
 */
export function pointsPerRun({
  graph,
  input,
  pointsPerRun,
}: Pick<LoadedModel, 'graph' | 'input' | 'pointsPerRun'>): number {
  const [batch = 1] = input.shape
  if (!isSymbolic(batch)) return 1
  const activations = activationsOf(graph)
  const large = Math.min(POINTS_PER_RUN, Math.floor(LARGE_BATCH / activations))
  const most = Math.max(large, Math.floor(SMALL_BATCH / activations))
  return pointsPerRun ?? Math.max(1, Math.min(MOST_POINTS_PER_RUN, most))
}

const counted = new WeakMap<Graph, number>()

/** Numbers that a sample's nodes answer; counted once. */
function activationsOf(graph: Graph): number {
  const known = counted.get(graph)
  if (known !== undefined) return known
  const count = graph.nodes.reduce((sum, { output }) => sum + sizeOf(output.shape.slice(1)), 0)
  counted.set(graph, count)
  return count
}

export const classCount = ({ logits }: LoadedModel): number => sizeOf(logits.shape.slice(1))

/** The layer (N,C,H,W) asked for, or the card's, or else the last one with an extent. Throws `unknown-layer`, naming near ones, or `bad-card`. */
export function findLayer(
  { layers, camLayer }: Pick<LoadedModel, 'layers' | 'camLayer'>,
  asked: string | undefined,
): Value {
  const name = asked ?? camLayer
  if (name === undefined) {
    const last = [...layers.values()].findLast(
      ({ shape }) => shape.length === 4 && sizeOf(shape.slice(2)) > 1,
    )
    if (last) return last
    throw new ExplainError('unknown-layer', 'the model has no layer that keeps height and width')
  }
  const fault = (message: string) =>
    asked === undefined
      ? new ExplainError('bad-card', `layers.cam of the model's card cannot be used: ${message}`)
      : new ExplainError('unknown-layer', message)
  const layer = layers.get(name)
  if (layer?.shape.length === 4) return layer
  if (layer) throw fault(`layer "${name}" is ${formatShape(layer.shape)}, not a grid [N,C,H,W]`)
  const near = nearest(name, [...layers.keys()], 3).map((candidate) => `"${candidate}"`)
  throw fault(`the model has no layer "${name}"; near: ${near.join(', ') || 'none'}`)
}
