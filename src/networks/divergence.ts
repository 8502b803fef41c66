import type { Backend } from '../core/backend.ts'
import type { Tensor } from '../core/ir/tensor.ts'
import type { Network } from './network.ts'
import { openGraph } from './open-graph.ts'

/**
 * The name of the first layer whose output is not finite; undefined when all are. `inputs`: x, every parameter, dropout's
 * numbers, as one training step took them.
 */
export function firstNonFinite(
  network: Network,
  backend: Backend,
  inputs: readonly Tensor[],
): string | undefined {
  const { g, outputs } = openGraph(network, 'training')
  const [samples = 0] = inputs[0]?.shape ?? []
  const results = backend.compile(g.build([...outputs.values()]), samples).run(inputs)
  const bad = results.findIndex(({ data }) => data.some((value) => !Number.isFinite(value)))
  return [...outputs.keys()][bad]
}
