import { sizeOf } from '../ir/shape.ts'
import type { Tensor } from '../ir/tensor.ts'
import { encodeCall } from '../kernels/encode.ts'
import { kernelLayouts } from '../kernels/layout.ts'
import type { Packing } from '../plan/lowering.ts'
import { pack, packedLength } from '../plan/packing.ts'
import type { ModelMemory } from './memory.ts'
import type { Team } from './team.ts'

/** Weights larger than this are not worth a second copy of them in the model's memory. */
const MOST_COPIED_BYTES = 16 << 20

/**
 * The address of weights in a kernel's order, registered under `key`; made by the first worker to ask. Columns by the `pack`
 * kernel, which is many times as fast at the start as its twin in TypeScript; that does the rest. The source's numbers are
 * read only when they are packed.
 */
export function packWeights(
  memory: ModelMemory,
  team: Team,
  key: string,
  source: Tensor,
  packing: Packing,
): number {
  const length = packedLength(packing)
  const numbers = sizeOf(source.shape)
  const sourceBytes = numbers * 4
  if (packing.kind !== 'columns' || sourceBytes > MOST_COPIED_BYTES)
    return memory.shared(key, length, (out) => pack(source.data, packing, out))
  const { kind: _, offset, ...layout } = packing
  const fill = (out: Float32Array, room: number) => {
    const call = encodeCall('pack', { w: room + offset * 4, out: out.byteOffset, ...layout })
    memory.floats(room, numbers).set(source.data)
    memory.words(room + sourceBytes, call.words.length).set(call.words)
    team.runAlone(call, room + sourceBytes)
  }
  return memory.shared(key, length, fill, sourceBytes + kernelLayouts.pack.words * 4)
}
