import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { buildKernels } from '../../src/core/kernels/build.ts'
import { WasmBackend } from '../../src/core/wasm/executor.ts'
import { createModelMemory, ModelMemory } from '../../src/core/wasm/memory.ts'
import { compileKernels, instantiateKernels, SCRATCH_BYTES } from '../../src/core/wasm/module.ts'
import { dismiss, openSlot, Team } from '../../src/core/wasm/team.ts'
import type { Seat } from './member.ts'

/** The core without the service around it: a backend whose team this thread leads. */
export interface Core extends AsyncDisposable {
  readonly backend: WasmBackend
  /** the kernels in use */
  readonly kernels: string
}

/** A core over a memory of its own, with so many threads, this one among them. */
export async function openCore(threads: number): Promise<Core> {
  const opened = await openTeam(threads)
  return {
    backend: new WasmBackend(opened.memory, opened.team),
    kernels: opened.kernels,
    [Symbol.asyncDispose]: opened[Symbol.asyncDispose],
  }
}

/** Kernels and the threads that run them. */
export interface KernelTeam extends AsyncDisposable {
  readonly memory: ModelMemory
  readonly team: Team
  /** the kernels in use */
  readonly kernels: string
}

/** A team over a memory of its own, with so many threads, this one among them. */
export async function openTeam(threads: number): Promise<KernelTeam> {
  await buildKernels()
  const kernels = compileKernels()
  const raw = createModelMemory()
  const memory = new ModelMemory(raw, 0)
  const scratch = () => memory.allocate(SCRATCH_BYTES)
  const leader = instantiateKernels(kernels, raw, scratch())
  openSlot(raw, 0)
  const members = Array.from({ length: threads - 1 }, (_, i) => {
    const seat: Seat = { kernels, memory: raw, scratch: scratch(), member: i + 1 }
    return new Worker(new URL('member.ts', import.meta.url), { workerData: seat })
  })
  await Promise.all(members.map((member) => once(member, 'message')))
  return {
    memory,
    team: new Team(leader, raw, 0),
    kernels: `${kernels.name}${kernels.revectorize ? ', revectorized' : ''}`,
    [Symbol.asyncDispose]: async () => {
      // sent home, a member's thread ends by itself; V8 does not survive that it is terminated at that moment
      const ended = members.map((member) => once(member, 'exit'))
      dismiss(raw, 0)
      await Promise.all(ended)
    },
  }
}
