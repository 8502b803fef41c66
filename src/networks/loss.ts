import type { GraphBuilder } from '../core/ir/builder.ts'
import type { Value } from '../core/ir/graph.ts'
import { type Shape, sizeOf } from '../core/ir/shape.ts'
import type { DataSet } from './data.ts'
import { NetworkError } from './errors.ts'
import { type Interval, nearestIn } from './interval.ts'

/** One loss: how far an output is from its targets. */
export interface Loss {
  readonly id: string
  /** L as a formula of output y and target t */
  readonly formula: string
  /** how samples come together in it */
  readonly over: 'mean' | 'sum'
  /** no L of these targets, each of a shape, is lower when all outputs lie in `range` */
  readonly least: (t: ArrayLike<number>, shape: Shape, range: Interval) => number
  /** what label smoothing moves targets of a shape to */
  readonly even: (shape: Shape) => number
  /** L of outputs and targets of one shape (N,…), a number */
  readonly emit: (g: GraphBuilder, y: Value, t: Value) => Value
}

const mean = (g: GraphBuilder, x: Value): Value =>
  g.emit('reduceMean', [x], { axes: x.shape.map((_, axis) => axis), keepDims: false })
const total = (g: GraphBuilder, x: Value): Value =>
  g.reduceSum(
    x,
    x.shape.map((_, axis) => axis),
    'drop',
  )

/** Of one output that is 0 or 1, or of one in several that is 1. */
const evenAmong = (shape: Shape): number => 1 / Math.max(2, sizeOf(shape))

const mse: Loss = {
  id: 'mse',
  formula: 'L = mean (y − t)²',
  over: 'mean',
  least: (t, _, range) => summed(t, (at) => (at - nearestIn(range, at)) ** 2) / t.length,
  even: evenAmong,
  emit: (g, y, t) => {
    const difference = g.sub(y, t)
    return mean(g, g.mul(difference, difference))
  },
}

const sumSquaredError: Loss = {
  id: 'sum-squared-error',
  formula: 'L = Σ (y − t)²',
  over: 'sum',
  least: (t, _, range) => summed(t, (at) => (at - nearestIn(range, at)) ** 2),
  even: evenAmong,
  emit: (g, y, t) => {
    const difference = g.sub(y, t)
    return total(g, g.mul(difference, difference))
  },
}

/** On logits: log(1 + e^y) − t·y, which no y makes infinite. */
const binaryCrossEntropy: Loss = {
  id: 'binary-cross-entropy',
  formula: 'L = mean log(1 + e^y) − t·y',
  over: 'mean',
  least: (t, _, range) => summed(t, (at) => leastBinary(at, range)) / t.length,
  // each output tells two classes apart
  even: () => 1 / 2,
  emit: (g, y, t) => mean(g, g.sub(g.emit('softplus', [y], {}), g.mul(t, y))),
}

/** On logits of (N,K,…), targets one-hot or probabilities, at each place of a picture. */
const crossEntropy: Loss = {
  id: 'cross-entropy',
  formula: 'L = mean over samples of −Σ t·log softmax(y)',
  over: 'mean',
  least: leastOfClasses,
  even: ([classes = 1]) => 1 / classes,
  emit: (g, y, t) => {
    const weighted = g.mul(t, g.emit('logSoftmax', [y], { axis: 1 }))
    return g.neg(mean(g, g.reduceSum(weighted, [1], 'drop')))
  },
}

const summed = (t: ArrayLike<number>, of: (at: number) => number): number => {
  let sum = 0
  for (let i = 0; i < t.length; i++) sum += of(t[i] ?? 0)
  return sum
}

/** log(1 + e^y) − t·y has its minimum at log(t/(1 − t)), and is convex. */
function leastBinary(t: number, range: Interval): number {
  const y = nearestIn(range, Math.log(t / (1 - t)))
  const at = (value: number) => Math.max(value, 0) + Math.log1p(Math.exp(-Math.abs(value))) - t * value
  if (Number.isFinite(y)) return at(y)
  return (y < 0 && t === 0) || (y > 0 && t === 1) ? 0 : Number.POSITIVE_INFINITY
}

/** One class: log(1 + (K − 1)·e^(low − high)). Targets of several classes: their entropy, which no output goes below. */
function leastOfClasses(
  t: ArrayLike<number>,
  [classes = 1, ...sides]: Shape,
  { low, high }: Interval,
): number {
  const spread = high.value - low.value
  const places = sizeOf(sides)
  let sum = 0
  for (let at = 0; at < t.length / classes; at++) {
    const first = Math.floor(at / places) * classes * places + (at % places)
    let [entropy, largest] = [0, 0]
    for (let k = 0; k < classes; k++) {
      const share = t[first + k * places] ?? 0
      if (share > 0) entropy -= share * Math.log(share)
      largest = Math.max(largest, share)
    }
    sum += largest === 1 ? Math.log1p((classes - 1) * Math.exp(-spread)) : entropy
  }
  return (sum * classes) / t.length
}

/** How much the loss of some samples counts in that of all. */
export const shareOf = ({ over }: Loss, some: number, all: number): number =>
  over === 'mean' ? some / all : 1

/** Targets moved by label smoothing, a share s of the way: (1 − s) t + s · even. */
export function smoothed(data: DataSet, loss: Loss, share: number): DataSet {
  if (share === 0) return data
  const even = loss.even(data.targetShape)
  return { ...data, targets: data.targets.map((t) => (1 - share) * t + share * even) }
}

/** Every loss, by its name in trainings. */
export const losses: ReadonlyMap<string, Loss> = new Map(
  [mse, sumSquaredError, binaryCrossEntropy, crossEntropy].map((loss) => [loss.id, loss]),
)

/** A loss by its name. Throws NetworkError `bad-data`. */
export function lossNamed(id: string): Loss {
  const found = losses.get(id)
  if (found) return found
  throw new NetworkError(
    'bad-data',
    'loss',
    `there is no loss ${JSON.stringify(id.slice(0, 80))}: take one of ${[...losses.keys()].join(', ')}`,
  )
}
