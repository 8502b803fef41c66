import { encodeArgs } from '../kernels/encode.ts'
import { unitsOf } from '../kernels/units.ts'
import type { Packing } from '../plan/lowering.ts'
import { pack } from '../plan/packing.ts'
import type { ModelMemory } from './memory.ts'
import type { Team } from './team.ts'

/** Room for weights as they are before packing: most layers' fit. */
const STAGE_BYTES = 16 << 20

type Numbers = Float32Array | Float64Array

/**
 * Brings weights into the kernels' order, columns by the `pack` kernel where they fit its stage: at the start it is many times as
 * fast as its twin in TypeScript, which does the rest. Holds its stage until it is disposed of.
 */
export class Packer implements Disposable {
  readonly #memory: ModelMemory
  readonly #team: Team
  readonly #stage: number

  constructor(memory: ModelMemory, team: Team) {
    this.#memory = memory
    this.#team = team
    this.#stage = memory.allocate(STAGE_BYTES)
  }

  /** Fills `out`, of `packedLength` and in the model's memory. */
  pack(source: Numbers, packing: Packing, out: Float32Array): void {
    const argsBytes = 256
    if (packing.kind !== 'columns' || source.length * 4 + argsBytes > STAGE_BYTES) {
      pack(source, packing, out)
      return
    }
    const { kind: _, offset, ...layout } = packing
    const weights = this.#stage + argsBytes
    const args = { w: weights + offset * 4, out: out.byteOffset, ...layout }
    const words = encodeArgs('pack', args)
    this.#memory.words(this.#stage, words.length).set(words)
    this.#memory.floats(weights, source.length).set(source)
    this.#team.runAlone('pack', this.#stage, unitsOf('pack', args))
  }

  [Symbol.dispose](): void {
    this.#memory.free(this.#stage, STAGE_BYTES)
  }
}
