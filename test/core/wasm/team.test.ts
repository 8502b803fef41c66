import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { differentiate } from '../../../src/core/autodiff/differentiate.ts'
import { GraphBuilder } from '../../../src/core/ir/builder.ts'
import type { Graph } from '../../../src/core/ir/graph.ts'
import { N, type Shape, sizeOf } from '../../../src/core/ir/shape.ts'
import { type Tensor, tensor } from '../../../src/core/ir/tensor.ts'
import { CONTROL_BASE } from '../../../src/core/wasm/control.ts'
import { WasmBackend } from '../../../src/core/wasm/executor.ts'
import { createModelMemory, ModelMemory } from '../../../src/core/wasm/memory.ts'
import { compileKernels, instantiateKernels, SCRATCH_BYTES } from '../../../src/core/wasm/module.ts'
import { dismiss, invite, openSlot, recall, requestAbort, Team } from '../../../src/core/wasm/team.ts'
import { wasmBackend } from '../../helpers/wasm-backend.ts'

const noise = (shape: Shape, seed: number): Tensor =>
  tensor(
    shape,
    Float32Array.from({ length: sizeOf(shape) }, (_, i) => Math.sin(i * 12.9898 + seed)),
  )

/** Two convolutions and their input gradient: large enough for many units a step. */
function smallNet(): Graph {
  const g = new GraphBuilder()
  const window = { groups: 1, strides: [1, 1], dilations: [1, 1], pads: [1, 1, 1, 1] } as const
  const x = g.input('x', [N, 8, 48, 48])
  const a = g.emit('relu', [g.emit('conv', [x, g.constant(noise([32, 8, 3, 3], 1))], window)], {})
  const b = g.emit('relu', [g.emit('conv', [a, g.constant(noise([32, 32, 3, 3], 2))], window)], {})
  const y = g.emit('globalAveragePool', [b], {})
  return differentiate(g.build([y]), { output: y, wrt: [x], keep: [y] })
}

const SLOT = 0
const MEMBER = 1
const SEAT_OF_MEMBER = (CONTROL_BASE + 512) / 4 + 8 + 32 + MEMBER
const READY = 1
const INVITED = 4

describe('a team of two threads', () => {
  let raw: WebAssembly.Memory
  let backend: WasmBackend
  let member: Worker
  const graph = smallNet()
  const inputs = [noise([2, 8, 48, 48], 3), noise([2, 32, 1, 1], 4)]
  const alone = wasmBackend().compile(graph, 2).run(inputs)

  beforeEach(async () => {
    raw = createModelMemory()
    const memory = new ModelMemory(raw, 0)
    const kernels = compileKernels()
    const instance = instantiateKernels(kernels, raw, memory.allocate(SCRATCH_BYTES))
    backend = new WasmBackend(memory, new Team(instance, raw, SLOT))
    member = new Worker(new URL('member.ts', import.meta.url), { workerData: { kernels, raw } })
    await once(member, 'message')
    openSlot(raw, SLOT)
    invite(raw, SLOT, MEMBER)
  })
  afterEach(async () => {
    await member.terminate()
  })

  /** Sends the member in and waits until it sits. */
  function seatMember(): void {
    member.postMessage('assist')
    const words = new Int32Array(raw.buffer)
    for (let patience = 0; Atomics.load(words, SEAT_OF_MEMBER) !== READY; patience++) {
      if (patience > 200) throw new Error('the member did not come')
      Atomics.wait(words, SEAT_OF_MEMBER, INVITED, 50)
    }
  }

  it('gives the same bytes as one thread, run after run', async () => {
    seatMember()
    const program = backend.compile(graph, 2)
    for (let run = 0; run < 20; run++) expect(program.run(inputs)).toEqual(alone)
    const left = once(member, 'message')
    dismiss(raw, SLOT)
    await left
  })

  it('goes on alone when the member is recalled between runs', async () => {
    seatMember()
    const program = backend.compile(graph, 2)
    program.run(inputs)
    const left = once(member, 'message')
    recall(raw, SLOT, MEMBER)
    await left
    expect(program.run(inputs)).toEqual(alone)
  })

  it('sends a member that was recalled before it came straight home', async () => {
    recall(raw, SLOT, MEMBER)
    const left = once(member, 'message')
    member.postMessage('assist')
    await left
    expect(backend.compile(graph, 2).run(inputs)).toEqual(alone)
  })

  it('ends a run with "cancelled" when it is aborted, and runs again once the slot is open', () => {
    seatMember()
    const program = backend.compile(graph, 2)
    requestAbort(raw, SLOT)
    expect(() => program.run(inputs)).toThrow(/cancelled/)
    dismiss(raw, SLOT)
    openSlot(raw, SLOT)
    expect(program.run(inputs)).toEqual(alone)
  })

  it('waits once, and not long, for a member that was invited and does not come', () => {
    expect(backend.compile(graph, 2).run(inputs)).toEqual(alone)
    expect(Atomics.load(new Int32Array(raw.buffer), SEAT_OF_MEMBER)).toBe(0)
  })

  it('does not wait for ever for a member that dies', async () => {
    seatMember()
    await member.terminate()
    requestAbort(raw, SLOT)
    expect(() => backend.compile(graph, 2).run(inputs)).toThrow(/cancelled|did not return/)
  })
})
