import type { Backend } from '../core/backend.ts'
import { type DataSet, gather, type Precision } from './data.ts'
import { LayerStatistics } from './layer-statistics.ts'
import { Looker } from './look.ts'
import { lossNamed } from './loss.ts'
import type { Network, Parameters } from './network.ts'

/** A unit that died while training: from then on no sample brought it back, unless `revived` says when. */
export interface Death {
  readonly layer: string
  readonly unit: number
  /** when it was first seen dead */
  readonly epoch: number
  readonly revived: number | undefined
}

/** Samples that are watched, at most: the first ones. */
const WATCHED = 256

/** Looks between epochs at which units are dead, and keeps when that changed. */
export class UnitWatch {
  readonly #looker: Looker
  readonly #network: Network
  readonly #samples: ReturnType<typeof gather>
  #deaths: readonly Death[] = []

  constructor(backend: Backend, network: Network, data: DataSet, precision: Precision) {
    const samples = Uint32Array.from({ length: Math.min(WATCHED, data.count) }, (_, i) => i)
    this.#network = network
    // the loss does not matter: only what goes forward is looked at
    this.#looker = new Looker(backend, network, { loss: lossNamed('mse'), precision })
    this.#samples = gather(data, samples, precision)
  }

  /** In the order in which they were seen. */
  get deaths(): readonly Death[] {
    return this.#deaths
  }

  /** `epoch`: 0 before training. */
  observe(epoch: number, parameters: Parameters): void {
    const look = this.#looker.look(parameters, this.#samples.x, this.#samples.t)
    this.#network.spec.layers.forEach(({ name }, i) => {
      const [output, local] = [look.outputs[i], this.#looker.local(look, i)]
      if (!output || !local) return
      const statistics = new LayerStatistics(output.shape[1] ?? 1, 0)
      statistics.addOutputs(output)
      statistics.addDerivatives(local)
      this.#record(epoch, name, new Set(statistics.deadUnits))
    })
  }

  #record(epoch: number, layer: string, dead: ReadonlySet<number>): void {
    const isOpen = (death: Death) => death.layer === layer && death.revived === undefined
    const known = new Set(this.#deaths.filter(isOpen).map(({ unit }) => unit))
    const fresh = [...dead].filter((unit) => !known.has(unit))
    this.#deaths = [
      ...this.#deaths.map((death) =>
        isOpen(death) && !dead.has(death.unit) ? { ...death, revived: epoch } : death,
      ),
      ...fresh.map((unit) => ({ layer, unit, epoch, revived: undefined })),
    ]
  }
}
