import { expect, test } from 'vitest'
import { tensor } from '../../../src/core/ir/tensor.ts'
import type { Packing } from '../../../src/core/plan/lowering.ts'
import { pack, packedLength } from '../../../src/core/plan/packing.ts'
import { createModelMemory, ModelMemory } from '../../../src/core/wasm/memory.ts'
import { compileKernels, instantiateKernels, SCRATCH_BYTES } from '../../../src/core/wasm/module.ts'
import { packWeights } from '../../../src/core/wasm/pack-weights.ts'
import { Team } from '../../../src/core/wasm/team.ts'

const columns = (layout: Omit<Packing & { kind: 'columns' }, 'kind'>): Packing => ({
  kind: 'columns',
  ...layout,
})
const matrix = { offset: 0, groups: 1, taps: 1, groupStride: 0, tapStride: 0 }

test.each([
  ['a matrix, by columns', columns({ ...matrix, k: 40, n: 37, kStride: 1, nStride: 40 }), 40 * 37],
  ['a matrix, by rows', columns({ ...matrix, k: 5, n: 48, kStride: 48, nStride: 1 }), 5 * 48],
  [
    'a grouped window turned around',
    columns({
      offset: 8,
      groups: 2,
      taps: 9,
      k: 3,
      n: 5,
      groupStride: 135,
      tapStride: -1,
      kStride: 9,
      nStride: 27,
    }),
    270,
  ],
  ['one too large to copy', columns({ ...matrix, k: 2049, n: 2048, kStride: 1, nStride: 2049 }), 2049 * 2048],
  [
    'a depthwise window',
    { kind: 'depthwise', taps: 9, channels: 7, tapStride: 1, channelStride: 9 } as const,
    63,
  ],
])('packs %s as the plain twin does', (_, packing, length) => {
  const raw = createModelMemory()
  const memory = new ModelMemory(raw, 0)
  const kernels = instantiateKernels(compileKernels(), raw, memory.allocate(SCRATCH_BYTES))
  const source = Float32Array.from({ length }, (_, i) => Math.sin(i))
  // what is not written shows
  const bytes = packedLength(packing) * 4
  const dirty = memory.allocate(bytes)
  memory.floats(dirty, packedLength(packing)).fill(Number.NaN)
  memory.free(dirty, bytes)
  const address = packWeights(memory, new Team(kernels, raw, 0), 'weights', tensor([length], source), packing)
  expect(address).toBe(dirty)
  const packed = memory.floats(address, packedLength(packing))
  const expected = new Float32Array(packedLength(packing))
  pack(source, packing, expected)
  expect(Buffer.compare(Buffer.from(packed.slice().buffer), Buffer.from(expected.buffer))).toBe(0)
})
