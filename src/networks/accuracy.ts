import type { Tensor } from '../core/ir/tensor.ts'
import type { DataSet } from './data.ts'
import type { Loss } from './loss.ts'
import { largestAt, oneAt } from './rows.ts'

/** How many of some samples are right; outputs and targets (N,K). */
export type CountRight = (y: Tensor, t: Tensor) => number

/**
 * What right means: the largest output is the target's, where targets are classes; of binary cross-entropy, whose outputs tell
 * two classes apart each, the share of outputs on the right side. Undefined for targets that are amounts, or maps.
 */
export function accuracyOf(loss: Loss, data: DataSet): CountRight | undefined {
  const [classes = 1, ...more] = data.targetShape
  if (more.length > 0) return undefined
  if (loss.id === 'binary-cross-entropy') return onRightSide
  if (classes < 2) return undefined
  return loss.id === 'cross-entropy' || isOneHot(data.targets, classes) ? largestIsTargets : undefined
}

/** Logits above 0 say 1. */
const onRightSide: CountRight = ({ data }, t) => {
  let right = 0
  for (let i = 0; i < t.data.length; i++) if ((data[i] ?? 0) > 0 === (t.data[i] ?? 0) > 0.5) right++
  return (right * (t.shape[0] ?? 1)) / t.data.length
}

const largestIsTargets: CountRight = ({ data }, t) => {
  const [count = 0, classes = 1] = t.shape
  let right = 0
  for (let i = 0; i < count; i++)
    if (largestAt(data, i * classes, classes) === largestAt(t.data, i * classes, classes)) right++
  return right
}

/** Whether each row is 0 but for a single 1. */
function isOneHot(targets: ArrayLike<number>, classes: number): boolean {
  for (let from = 0; from < targets.length; from += classes)
    if (oneAt(targets, from, classes) === undefined) return false
  return true
}
