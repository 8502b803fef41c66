import type { Backend, Program } from '../backend.ts'
import { CoreError } from '../errors.ts'
import { bindBatch } from '../ir/bind.ts'
import type { Graph } from '../ir/graph.ts'
import { formatShape, sameShape, sizeOf } from '../ir/shape.ts'
import type { Tensor } from '../ir/tensor.ts'
import { type EncodedCall, encodeCall } from '../kernels/encode.ts'
import type { KernelArgs, KernelName } from '../kernels/list.ts'
import { decompose } from '../plan/decompose.ts'
import { type Placement, type Plan, type PlannedArg, type PlannedStep, planGraph } from '../plan/plan.ts'
import { placeConstant } from './constants.ts'
import type { ModelMemory } from './memory.ts'
import type { Team } from './team.ts'

interface Block {
  readonly address: number
  readonly bytes: number
}

/** Words of a step in the flat plan: kernel, address of its arguments, units. */
const STEP_WORDS = 3

/**
 * Runs graphs with the WASM kernels in a model's shared memory. One executor belongs to one worker and one model; plans are
 * made once per graph and batch, constants once per model.
 */
export class WasmBackend implements Backend {
  readonly precision = 'f32'
  readonly #memory: ModelMemory
  readonly #team: Team
  readonly #programs = new WeakMap<Graph, Map<number, WasmProgram>>()
  readonly #decomposed = new WeakMap<Graph, Graph>()
  readonly #collected: FinalizationRegistry<Block>
  #arena: Block = { address: 0, bytes: 0 }
  #isShown = false

  constructor(memory: ModelMemory, team: Team) {
    this.#memory = memory
    this.#team = team
    this.#collected = new FinalizationRegistry(({ address, bytes }) => memory.free(address, bytes))
  }

  compile(graph: Graph, batch: number): WasmProgram {
    const byBatch = this.#programs.get(graph) ?? new Map<number, WasmProgram>()
    this.#programs.set(graph, byBatch)
    const known = byBatch.get(batch)
    if (known) return known
    const lowered = this.#decomposed.get(graph) ?? decompose(graph)
    this.#decomposed.set(graph, lowered)
    const program = new WasmProgram(planGraph(bindBatch(lowered, batch)), this.#memory, this.#team, this)
    byBatch.set(batch, program)
    return program
  }

  /** Room for a program's code, given back when the program is no longer reachable. */
  codeFor(program: WasmProgram, bytes: number): number {
    const address = this.#memory.allocate(bytes)
    this.#collected.register(program, { address, bytes })
    return address
  }

  /** The worker's arena, grown to at least `bytes`; its address changes when it grows. Throws `graph` while it is shown. */
  arena(bytes: number): number {
    if (this.#isShown)
      throw new CoreError(
        'graph',
        'a program runs while the answers of another are looked at, or its runs are folded',
      )
    if (bytes > this.#arena.bytes) {
      if (this.#arena.bytes > 0) this.#memory.free(this.#arena.address, this.#arena.bytes)
      this.#arena = { address: 0, bytes: 0 }
      this.#arena = { address: this.#memory.allocate(bytes), bytes }
    }
    return this.#arena.address
  }

  /** Keeps what the arena holds during `use`. */
  show<T>(use: () => T): T {
    this.#isShown = true
    try {
      return use()
    } finally {
      this.#isShown = false
    }
  }
}

class WasmProgram implements Program {
  readonly plan: Plan
  readonly #memory: ModelMemory
  readonly #team: Team
  readonly #owner: WasmBackend
  readonly #constants: readonly number[]
  #code = { address: 0, arena: -1 }

  constructor(plan: Plan, memory: ModelMemory, team: Team, owner: WasmBackend) {
    this.plan = plan
    this.#memory = memory
    this.#team = team
    this.#owner = owner
    this.#constants = plan.constants.map((constant) => placeConstant(memory, team, constant))
  }

  run(inputs: readonly Tensor[]): Tensor[] {
    return this.visit(inputs, (outputs) =>
      outputs.map((output) => ({ ...output, data: output.data.slice() })),
    )
  }

  visit<T>(inputs: readonly Tensor[], use: (outputs: readonly Tensor[]) => T): T {
    const arena = this.#owner.arena(this.plan.arenaBytes)
    this.#place(inputs, this.plan.inputs, arena)
    this.#team.run(this.#encoded(arena))
    return this.#owner.show(() => use(this.plan.outputs.map((output) => this.#shown(output, arena))))
  }

  fold(first: Tensor, runs: Iterable<readonly Tensor[]>): Tensor {
    const arena = this.#owner.arena(this.plan.arenaBytes)
    const [output, ...others] = this.plan.outputs
    if (!output || others.length > 0) throw new CoreError('graph', 'a fold is of graphs with one output')
    const own = this.plan.inputs.slice(0, -1)
    const carried = this.plan.inputs.slice(-1)
    const isInPlace = carried.every(({ offset }) => offset === output.offset)
    return this.#owner.show(() => {
      let count = 0
      for (const inputs of runs) {
        // what is carried comes first: other inputs may lie where the run before has answered
        if (count === 0) this.#place([first], carried, arena)
        else if (!isInPlace) this.#place([this.#shown(output, arena)], carried, arena)
        this.#place(inputs, own, arena, count === 0 ? 'all' : 'not-held')
        this.#team.run(this.#encoded(arena))
        count++
      }
      if (count === 0) throw new CoreError('graph', 'there is no run to fold')
      const { data, ...result } = this.#shown(output, arena)
      return { ...result, data: data.slice() }
    })
  }

  /**
   * Runs the plan step by step and answers each step's milliseconds, the team's start (some microseconds) included. For
   * profiles only: requests use `run`.
   */
  timeSteps(inputs: readonly Tensor[]): number[] {
    const arena = this.#owner.arena(this.plan.arenaBytes)
    this.#place(inputs, this.plan.inputs, arena)
    const code = this.#encoded(arena)
    const bytes = 4 + STEP_WORDS * 4
    const single = this.#memory.allocate(bytes)
    try {
      return this.plan.steps.map((_, i) => {
        const step = this.#memory.words(code + 4 + i * STEP_WORDS * 4, STEP_WORDS)
        this.#memory.words(single, bytes / 4).set([1, ...step])
        const start = performance.now()
        this.#team.run(single)
        return performance.now() - start
      })
    } finally {
      this.#memory.free(single, bytes)
    }
  }

  /** Copies inputs to their places, or those of them that do not lie there since the run before. */
  #place(
    inputs: readonly Tensor[],
    places: readonly Placement[],
    arena: number,
    which: 'all' | 'not-held' = 'all',
  ): void {
    places.forEach(({ name, shape, offset, isHeld }, i) => {
      if (isHeld && which === 'not-held') return
      const given = inputs[i]
      if (!given || !sameShape(given.shape, shape))
        throw new CoreError(
          'shape',
          `input ${name} is ${formatShape(shape)}, got ${given ? formatShape(given.shape) : 'nothing'}`,
        )
      this.#memory.floats(arena + offset, sizeOf(shape)).set(given.data)
    })
  }

  /** What lies at a place, without a copy. */
  #shown({ shape, offset }: Placement, arena: number): Tensor {
    return { shape, dtype: 'float', data: this.#memory.floats(arena + offset, sizeOf(shape)) }
  }

  /** The plan as flat data for this arena; written again only when the arena has moved. */
  #encoded(arena: number): number {
    if (this.#code.arena === arena) return this.#code.address
    const args = this.plan.steps.map((step) => encodeStep(step, arena, this.#constants))
    const headBytes = 4 + this.plan.steps.length * STEP_WORDS * 4
    const bytes = args.reduce((sum, { words }) => sum + words.byteLength, headBytes)
    const address = this.#code.address || this.#owner.codeFor(this, bytes)
    const code = this.#memory.words(address, bytes / 4)
    code[0] = this.plan.steps.length
    let at = headBytes / 4
    args.forEach(({ kernel, words, units }, i) => {
      code.set([kernel, address + at * 4, units], 1 + i * STEP_WORDS)
      code.set(words, at)
      at += words.length
    })
    this.#code = { address, arena }
    return address
  }
}

function encodeStep(step: PlannedStep, arena: number, constants: readonly number[]): EncodedCall {
  const resolve = (arg: PlannedArg) => {
    if (typeof arg !== 'object' || !('arena' in arg || 'constant' in arg)) return arg
    return 'arena' in arg ? arena + arg.arena : (constants[arg.constant] ?? 0) + arg.offset
  }
  const args = Object.fromEntries(Object.entries(step.args).map(([field, arg]) => [field, resolve(arg)]))
  return encodePlanned(step.kernel, args)
}

/** The planner fills exactly the kernel's fields, by its list; `encodeArgs` refuses an argument that is missing. */
const encodePlanned = <K extends KernelName>(
  kernel: K,
  args: Record<string, number | readonly number[]>,
): EncodedCall => encodeCall(kernel, args as KernelArgs[K])
