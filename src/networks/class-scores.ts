import { NetworkError } from './errors.ts'
import { largestAt } from './rows.ts'
import type { NetworkSpec } from './spec.ts'

/**
 * What outputs are: logits whose softmax or sigmoid is a probability, or values near 1 for a class and near 0 else, as `mse` on
 * one-hot targets makes them (their best fit is the probability itself).
 */
export type Reading = 'softmax' | 'sigmoid' | 'values'

/** A classifier up to its scores, and how to read them. */
export interface Classifier {
  readonly spec: NetworkSpec
  readonly reading: Reading
}

/** Points with a score and a probability for each class, point after point. */
export interface ClassScores {
  readonly classes: number
  /** what is largest for the class that a point is taken for; between two points it changes almost evenly */
  readonly scores: Float64Array
  readonly probabilities: Float64Array
}

/**
 * A last softmax or sigmoid is taken off: the classes stay the same, and scores do not saturate, so that the place where two
 * of them are equal can be found between points. `loss`: with which the network was trained.
 */
export function classifierOf(spec: NetworkSpec, loss: string | undefined): Classifier {
  const last = spec.layers.at(-1)?.type
  const before = { ...spec, layers: spec.layers.slice(0, -1) }
  if (last === 'softmax' || last === 'sigmoid')
    return before.layers.length > 0 ? { spec: before, reading: last } : { spec, reading: 'values' }
  if (loss === 'cross-entropy') return { spec, reading: 'softmax' }
  if (loss === 'binary-cross-entropy') return { spec, reading: 'sigmoid' }
  return { spec, reading: 'values' }
}

/** How many classes so many outputs tell apart. Throws NetworkError `bad-spec`. */
export function classesOf(outputs: number, reading: Reading): number {
  if (outputs > 1) return outputs
  if (reading !== 'softmax') return 2
  throw new NetworkError(
    'bad-spec',
    'model',
    'expected classes to tell apart, got a softmax of one output, which is always 1',
  )
}

/** Outputs of points, `outputs` for each, as scores and probabilities. */
export function classScores(values: ArrayLike<number>, outputs: number, reading: Reading): ClassScores {
  return outputs === 1 ? ofOne(values, reading) : ofMany(values, outputs, reading)
}

/** The class of each point: the first of the largest scores. */
export function labelsOf({ classes, scores }: ClassScores): Uint8Array {
  const labels = new Uint8Array(scores.length / classes)
  for (let i = 0; i < labels.length; i++) labels[i] = largestAt(scores, i * classes, classes)
  return labels
}

/** One output is high for the second of two classes. */
function ofOne(values: ArrayLike<number>, reading: Reading): ClassScores {
  const scores = new Float64Array(2 * values.length)
  const probabilities = new Float64Array(2 * values.length)
  for (let i = 0; i < values.length; i++) {
    const y = values[i] ?? 0
    const p = reading === 'values' ? within01(y) : sigmoid(y)
    scores[2 * i + 1] = reading === 'values' ? y - 0.5 : y
    probabilities[2 * i] = 1 - p
    probabilities[2 * i + 1] = p
  }
  return { classes: 2, scores, probabilities }
}

function ofMany(values: ArrayLike<number>, classes: number, reading: Reading): ClassScores {
  const scores = Float64Array.from(values)
  const probabilities = new Float64Array(scores.length)
  for (let from = 0; from < scores.length; from += classes) {
    let largest = -Infinity
    for (let k = 0; k < classes; k++) largest = Math.max(largest, scores[from + k] ?? 0)
    let sum = 0
    for (let k = 0; k < classes; k++) {
      const weight = weights[reading](scores[from + k] ?? 0, largest)
      probabilities[from + k] = weight
      sum += weight
    }
    for (let k = 0; k < classes; k++)
      probabilities[from + k] = sum > 0 ? (probabilities[from + k] ?? 0) / sum : 1 / classes
  }
  return { classes, scores, probabilities }
}

/** What is proportional to a probability. */
const weights: { readonly [R in Reading]: (score: number, largest: number) => number } = {
  softmax: (score, largest) => Math.exp(score - largest),
  sigmoid: (score) => sigmoid(score),
  values: (score) => within01(score),
}

const sigmoid = (y: number): number => 1 / (1 + Math.exp(-y))
const within01 = (y: number): number => Math.min(1, Math.max(0, y))
