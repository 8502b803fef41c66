import { differentiate } from '../core/autodiff/differentiate.ts'
import type { Backend } from '../core/backend.ts'
import { type Tensor, tensor } from '../core/ir/tensor.ts'
import type { Precision } from './data.ts'
import { layerKinds } from './layers/index.ts'
import { networkOf } from './network.ts'
import { answersOf, inPrecision, openGraph } from './open-graph.ts'
import type { LayerSpec } from './spec.ts'

/** f′(x) at each place, as the core differentiates the layer. `parameterOf`: the numbers of its parameters. */
export type LocalDerivatives = (x: Tensor, parameterOf: (name: string) => Tensor) => Tensor

/** f′ of a layer that works at each place by itself, for inputs of a shape; undefined for layers that are not like that. */
export function localDerivatives(
  backend: Backend,
  layer: LayerSpec,
  inputShape: readonly number[],
  precision: Precision,
): LocalDerivatives | undefined {
  if (layerKinds.get(layer.type)?.derivative.of !== 'each') return undefined
  const network = networkOf({ input: inputShape, layers: [layer], seed: 0 })
  const { g, x, output } = openGraph(network, 'inference')
  const graph = differentiate(g.build([output]), { output, wrt: [x] })
  return (at, parameterOf) => {
    const parameters = network.parameters.map(({ name }) => parameterOf(name))
    const [batch = 1] = at.shape
    const ones = inPrecision(tensor(at.shape, new Float64Array(at.data.length).fill(1)), precision)
    const [derivative] = answersOf(backend, graph, batch, [inPrecision(at, precision), ...parameters, ones])
    if (!derivative) throw new RangeError('a layer without a derivative')
    return derivative
  }
}
