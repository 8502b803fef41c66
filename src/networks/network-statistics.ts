import { type DataSet, gather, type Precision } from './data.ts'
import { LayerStatistics } from './layer-statistics.ts'
import type { Look, Looker } from './look.ts'
import { type Loss, shareOf } from './loss.ts'
import { type Network, type Parameters, samplesAtOnce } from './network.ts'

/** A unit is saturated where |f′| is less, unless asked otherwise. */
export const SATURATED_BELOW = 1e-3

/** What is looked at. */
export interface Looked {
  readonly parameters: Parameters
  readonly data: DataSet
  readonly loss: Loss
  readonly precision: Precision
}

/** Batch after batch; `share`: how much its loss counts in that of all. */
export function* looksAt(
  looker: Looker,
  network: Network,
  { parameters, data, loss, precision }: Looked,
): Generator<{ readonly look: Look; readonly share: number }> {
  const batch = samplesAtOnce(network)
  for (let from = 0; from < data.count; from += batch) {
    const length = Math.min(batch, data.count - from)
    const samples = Uint32Array.from({ length }, (_, i) => from + i)
    const { x, t } = gather(data, samples, precision)
    yield { look: looker.look(parameters, x, t), share: shareOf(loss, length, data.count) }
  }
}

/** The statistics of every layer, first to last. */
export class NetworkStatistics {
  readonly layers: readonly LayerStatistics[]
  readonly #looker: Looker

  constructor(looker: Looker, { spec, shapes }: Network, epsilon: number) {
    this.#looker = looker
    this.layers = spec.layers.map(({ name }) => new LayerStatistics(shapes.get(name)?.[0] ?? 1, epsilon))
  }

  /** `share`: of the look's loss in the whole loss. */
  add(look: Look, share: number): void {
    this.layers.forEach((layer, i) => {
      const [y, gradient, local] = [look.outputs[i], look.outputGradients[i], this.#looker.local(look, i)]
      if (y) layer.addOutputs(y)
      if (local) layer.addDerivatives(local)
      if (gradient) layer.addGradients(gradient, share)
    })
  }
}
