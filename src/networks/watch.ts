import type { Backend } from '../core/backend.ts'
import { sizeOf } from '../core/ir/shape.ts'
import type { DataSet } from './data.ts'
import { Looker } from './look.ts'
import { lossNamed } from './loss.ts'
import type { Network, Parameters } from './network.ts'
import { type Looked, looksAt, NetworkStatistics, SATURATED_BELOW } from './network-statistics.ts'
import { type DeadUnits, type Diagnostics, type LayerRecord, measure } from './records.ts'
import type { TrainingSpec } from './training.ts'

/** Samples that are watched, at most: the first ones. Of large networks fewer, so that layers have about so many numbers together. */
const MOST_WATCHED = 256
const NUMBERS_WATCHED = 4_000_000
const LEAST_WATCHED = 8
/** Times that a training is looked at, at most, but for the beginning and the end. */
const MOST_LOOKS = 200

/** Looks between epochs at what becomes of the layers, units that die above all. */
export class Watch {
  readonly #network: Network
  readonly #looked: Omit<Looked, 'parameters'>
  readonly #looker: Looker
  readonly #every: number

  /** `data`: what is learnt from, and perhaps more */
  constructor(network: Network, data: DataSet, spec: TrainingSpec, backend: Backend) {
    const { precision, epochs } = spec
    const loss = lossNamed(spec.loss)
    this.#network = network
    const numbers = [...network.shapes.values()].reduce((sum, shape) => sum + sizeOf(shape), 0)
    const watched = Math.max(LEAST_WATCHED, Math.floor(NUMBERS_WATCHED / numbers))
    const count = Math.min(MOST_WATCHED, watched, data.count)
    this.#looked = { data: { ...data, count }, loss, precision }
    this.#looker = new Looker(backend, network, { loss, precision })
    this.#every = Math.ceil(epochs / MOST_LOOKS)
  }

  /** Whether it is time to look after so many epochs. */
  isDue(epoch: number): boolean {
    return epoch % this.#every === 0
  }

  /** `before`: the units that were dead the last time; `updateRatios`: of each layer's last step, where it made one. */
  look(
    epoch: number,
    parameters: Parameters,
    before: DeadUnits,
    updateRatios: ReadonlyMap<string, number>,
  ): { readonly diagnostics: Diagnostics; readonly dead: DeadUnits } {
    const statistics = new NetworkStatistics(this.#looker, this.#network, SATURATED_BELOW)
    for (const { look, share } of looksAt(this.#looker, this.#network, { ...this.#looked, parameters }))
      statistics.add(look, share)
    const { spec, shapes } = this.#network
    const dead = statistics.layers.map(({ deadUnits }) => deadUnits)
    const layers = statistics.layers.map(({ numbers }, i): LayerRecord => {
      const { mean, std, zeros, saturated, gradientNorm } = numbers
      const name = spec.layers[i]?.name ?? ''
      const [now, last] = [new Set(dead[i]), new Set(before[i])]
      const ratio = updateRatios.get(name)
      return {
        name,
        units: shapes.get(name)?.[0] ?? 1,
        ...{ mean: measure(mean), std: measure(std), zeros, ...(saturated !== undefined && { saturated }) },
        dead: now.size,
        died: [...now].filter((unit) => !last.has(unit)),
        revived: [...last].filter((unit) => !now.has(unit)),
        gradientNorm: measure(gradientNorm),
        ...(ratio !== undefined && { updateRatio: measure(ratio) }),
      }
    })
    return { diagnostics: { epoch, layers }, dead }
  }
}
