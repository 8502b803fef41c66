import { createModelMemory } from './core/wasm/memory.ts'
import type { KernelModule } from './core/wasm/module.ts'
import type { Chunk, TrainingPlace, TrainingSetup } from './networks/chunk.ts'
import { type TrainingState, withoutPast } from './networks/state.ts'
import { type StateMemory, stateMemoryFor } from './networks/state-memory.ts'
import type { Admission } from './pool/admission.ts'
import { PoolError } from './pool/errors.ts'
import type { Shared, SharedTraining, Tasks } from './tasks.ts'

interface PooledTrainingOptions {
  /** of the resource, and of nothing else */
  readonly key: string
  readonly setup: TrainingSetup
  readonly kernels: KernelModule
  readonly place: Admission<Tasks, Shared>
  readonly forget: (key: string) => void
}

/** Threads that may die of one chunk, before the chunk is what is at fault. */
const MOST_CRASHES = 2

/** Milliseconds of a step from which on several threads are faster than one: below, they mostly wait for each other. */
const LEAST_TEAM_STEP_MS = 2

/** A training on the pool's threads: its data and its memory are a resource, which a thread gets once. */
export class PooledTraining implements TrainingPlace {
  readonly #options: PooledTrainingOptions
  #shared: SharedTraining
  #generation = 0
  /** what the next chunk answers in, and the one after it: the state that is gone on from lies in the other */
  #memories: readonly [StateMemory, StateMemory] | undefined
  /** of the first chunk, on one thread */
  #stepMs: number | undefined

  constructor(options: PooledTrainingOptions) {
    this.#options = options
    this.#shared = this.#fresh()
  }

  async train(state: TrainingState, milliseconds: number): Promise<Chunk> {
    for (let crashes = 0; ; crashes++) {
      try {
        return await this.#run(state, milliseconds)
      } catch (error) {
        const crashed = error instanceof PoolError && error.kind === 'worker-crashed'
        if (!crashed || crashes === MOST_CRASHES) throw error
        // nobody knows what the dead thread was about to write into the memory
        this.release()
        this.#generation += 1
        this.#shared = this.#fresh()
      }
    }
  }

  release(): void {
    this.#options.forget(this.#key)
  }

  [Symbol.dispose](): void {
    this.release()
  }

  async #run(state: TrainingState, milliseconds: number): Promise<Chunk> {
    const { place } = this.#options
    this.#memories ??= [stateMemoryFor(state), stateMemoryFor(state)]
    const [memory, other] = this.#memories
    const { result, runMs } = await place.run({
      name: 'train',
      payload: { state: withoutPast(state), milliseconds, memory },
      resource: { key: this.#key, value: this.#shared },
      ...(this.#isForTeam && { team: { memory: this.#shared.memory } }),
    })
    this.#memories = [other, memory]
    this.#stepMs ??= runMs / Math.max(1, result.state.step - state.step)
    return result
  }

  /** The reference computes on one thread. */
  get #isForTeam(): boolean {
    const isFast = this.#options.setup.spec.precision === 'float32'
    return isFast && this.#stepMs !== undefined && this.#stepMs >= LEAST_TEAM_STEP_MS
  }

  get #key(): string {
    return `${this.#options.key}.${this.#generation}`
  }

  #fresh(): SharedTraining {
    const { setup, kernels } = this.#options
    return { kind: 'training', setup, memory: createModelMemory(), kernels }
  }
}
