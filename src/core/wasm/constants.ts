import { createHash } from 'node:crypto'
import { formatShape, sizeOf } from '../ir/shape.ts'
import type { Tensor } from '../ir/tensor.ts'
import { toLayout } from '../plan/layout.ts'
import type { PlannedConstant } from '../plan/plan.ts'
import type { ModelMemory } from './memory.ts'
import { packWeights } from './pack-weights.ts'
import type { Team } from './team.ts'

/** The address of a constant in the form that its kernel wants; made by the first worker to ask. */
export function placeConstant(
  memory: ModelMemory,
  team: Team,
  { data, value, form }: PlannedConstant,
): number {
  // Equal bytes may lie otherwise in another shape.
  const key = `${constantId(data)} ${formatShape(value.shape)} ${JSON.stringify(form)}`
  if ('packing' in form) return packWeights(memory, team, key, data, form.packing)
  return memory.shared(key, sizeOf(value.shape), (out) => toLayout(data.data, value.shape, form.layout, out))
}

const ids = new WeakMap<Tensor, string>()

/** Gives a tensor an id that says the same in every thread of its model: its numbers need not be read to tell it from others. */
export function nameConstant(tensor: Tensor, id: string): void {
  ids.set(tensor, id)
}

/** Equal numbers are one constant, whichever worker or pass made them. Hashing happens once per tensor and worker. */
function constantId(tensor: Tensor): string {
  const known = ids.get(tensor)
  if (known !== undefined) return known
  const { data } = tensor
  // Equal bytes may be other numbers in another width.
  const id = `${createHash('sha1')
    .update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength))
    .digest('base64')} ${data.constructor.name}`
  ids.set(tensor, id)
  return id
}
