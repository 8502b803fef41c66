import type { GraphBuilder } from '../core/ir/builder.ts'
import type { Value } from '../core/ir/graph.ts'

/** One loss: how far an output is from its targets. */
export interface Loss {
  readonly id: string
  /** L as a formula of output y and target t */
  readonly formula: string
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

const mse: Loss = {
  id: 'mse',
  formula: 'L = mean (y − t)²',
  emit: (g, y, t) => {
    const difference = g.sub(y, t)
    return mean(g, g.mul(difference, difference))
  },
}

const sumSquaredError: Loss = {
  id: 'sum-squared-error',
  formula: 'L = Σ (y − t)²',
  emit: (g, y, t) => {
    const difference = g.sub(y, t)
    return total(g, g.mul(difference, difference))
  },
}

/** On logits: log(1 + e^y) − t·y, which no y makes infinite. */
const binaryCrossEntropy: Loss = {
  id: 'binary-cross-entropy',
  formula: 'L = mean log(1 + e^y) − t·y',
  emit: (g, y, t) => mean(g, g.sub(g.emit('softplus', [y], {}), g.mul(t, y))),
}

/** On logits of (N,K), targets one-hot or probabilities. */
const crossEntropy: Loss = {
  id: 'cross-entropy',
  formula: 'L = mean over samples of −Σ t·log softmax(y)',
  emit: (g, y, t) => {
    const weighted = g.mul(t, g.emit('logSoftmax', [y], { axis: 1 }))
    return g.neg(mean(g, g.reduceSum(weighted, [1], 'drop')))
  },
}

/** Every loss, by its name in trainings. */
export const losses: ReadonlyMap<string, Loss> = new Map(
  [mse, sumSquaredError, binaryCrossEntropy, crossEntropy].map((loss) => [loss.id, loss]),
)
