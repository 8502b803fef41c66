import { isFiniteTensor } from '../core/ir/finite.ts'
import type { Value } from '../core/ir/graph.ts'
import { isAlikeInBatches } from '../core/ops/winograd-steps.ts'
import { methods } from './index.ts'
import type { ExplainJob } from './job.ts'
import { type LoadedModel, pointsPerRun } from './loaded.ts'

/** Two have half of what there is to gain; more would have to wait for each other, and in a service seldom do. */
export const MOST_TOGETHER = 2

interface SharedModel extends Pick<LoadedModel, 'graph' | 'input'> {
  /** weights that are not in the graph */
  readonly stored: ReadonlyMap<Value, { readonly areFinite: boolean }>
}

/**
 * How many inputs of one model are explained together, at most: 1 where company would change a map's bits. Which zeros of a gradient meet a
 * weight depends on the company, and they matter where a weight is not finite.
 */
export function mostTogether(model: SharedModel): number {
  const most = Math.min(MOST_TOGETHER, pointsPerRun(model))
  const isStoredFinite = model.stored.values().every(({ areFinite }) => areFinite)
  if (!isStoredFinite || !model.graph.constants.values().every(isFiniteTensor)) return 1
  const alike = model.graph.nodes.every(
    (node) => (node.op !== 'conv' && node.op !== 'convTranspose') || isAlikeInBatches(node, most),
  )
  return alike ? most : 1
}

/** Jobs of one key may be explained together. None where the method takes several gradients: those are batches already. */
export function companyKey({ input: _input, seed: _seed, ...question }: ExplainJob): string | undefined {
  const gradients = methods.get(question.method)?.gradients(question.params)
  return gradients === 1 ? JSON.stringify(question) : undefined
}
