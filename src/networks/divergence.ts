import type { Backend } from '../core/backend.ts'
import { GraphBuilder } from '../core/ir/builder.ts'
import { N } from '../core/ir/shape.ts'
import type { Tensor } from '../core/ir/tensor.ts'
import { emitLayers, type Network } from './network.ts'

/**
 * The name of the first layer whose output is not finite; undefined when all are. `inputs`: x, every parameter, dropout's
 * numbers, as one training step took them.
 */
export function firstNonFinite(
  network: Network,
  backend: Backend,
  inputs: readonly Tensor[],
): string | undefined {
  const g = new GraphBuilder()
  const x = g.input('input', [N, ...network.spec.input])
  const values = new Map(network.parameters.map(({ name, shape }) => [name, g.input(name, shape)]))
  const { outputs } = emitLayers(
    g,
    network.spec,
    x,
    'training',
    ({ name, shape }) => values.get(name) ?? g.input(name, shape),
  )
  const [samples = 0] = inputs[0]?.shape ?? []
  const results = backend.compile(g.build([...outputs.values()]), samples).run(inputs)
  const bad = results.findIndex(({ data }) => data.some((value) => !Number.isFinite(value)))
  return [...outputs.keys()][bad]
}
