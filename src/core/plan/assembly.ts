import { CoreError } from '../errors.ts'
import type { Graph, Value } from '../ir/graph.ts'
import { formatShape, sizeOf } from '../ir/shape.ts'
import { kernelFields } from '../kernels/list.ts'
import { type Lifetime, placeInArena } from './arena.ts'
import { isRef, type Layout, type Step, type StepArg } from './lowering.ts'
import { overlay } from './overlay.ts'
import type { Placement, Plan, PlannedArg, PlannedConstant, PlannedStep } from './plan.ts'

/** A step with the node that it computes, for profiles and printing. */
export interface EmittedStep {
  readonly step: Step
  readonly label: string
}

/** The value whose bytes another one is. */
export function resolveAlias(aliases: ReadonlyMap<Value, Value>, value: Value): Value {
  let origin = value
  for (let next = aliases.get(origin); next; next = aliases.get(origin)) origin = next
  return origin
}

/** Gives every buffer of the steps its place: constants by index, the rest in the arena by liveness. */
export class Assembly {
  readonly #graph: Graph
  readonly #steps: readonly EmittedStep[]
  readonly #aliases: ReadonlyMap<Value, Value>
  readonly #constantForms: ReadonlyMap<Value, { source: Value; layout: Layout }>
  readonly #constants: PlannedConstant[] = []
  readonly #constantIndex = new Map<string, number>()
  readonly #constantIds = new Map<Value, number>()

  constructor(
    graph: Graph,
    steps: readonly EmittedStep[],
    aliases: ReadonlyMap<Value, Value>,
    constantForms: ReadonlyMap<Value, { source: Value; layout: Layout }>,
  ) {
    this.#graph = graph
    this.#steps = steps
    this.#aliases = aliases
    this.#constantForms = constantForms
  }

  assemble(inputs: readonly Value[], outputs: readonly Value[]): Plan {
    const lives = new Map<Value, Lifetime>()
    const resolve = (value: Value): Value => resolveAlias(this.#aliases, value)
    const touch = (value: Value, at: number) => {
      const origin = resolve(value)
      if (this.#constantSource(origin)) return
      const { bytes, first } = lives.get(origin) ?? { bytes: sizeOf(origin.shape) * 4, first: at }
      lives.set(origin, { bytes, first, last: at })
    }
    for (const input of inputs) touch(input, 0)
    this.#steps.forEach(({ step }, at) => {
      for (const arg of Object.values(step.args)) if (isRef(arg)) touch(arg.value, at)
    })
    for (const kept of [...outputs, ...inputs.filter(({ isHeld }) => isHeld)]) touch(kept, this.#steps.length)

    const bufferBytes = [...lives.values()].reduce((sum, life) => sum + life.bytes, 0)
    const places = overlay(
      this.#steps.map(({ step }) => step),
      lives,
      resolve,
    )
    const arena = placeInArena([...lives.values()])
    const offsets = new Map([...lives.keys()].map((value, i) => [value, arena.offsets[i] ?? 0]))
    for (const [value, place] of places) offsets.set(value, offsets.get(place) ?? fail(place))
    const place = (value: Value): Placement => ({
      name: value.name,
      isHeld: value.isHeld ?? false,
      shape: value.shape,
      offset: offsets.get(resolveAlias(this.#aliases, value)) ?? fail(value),
    })
    return {
      steps: this.#steps.map(({ step, label }) => ({
        kernel: step.kernel,
        label,
        args: this.#planArgs(step, offsets),
      })),
      constants: this.#constants,
      inputs: inputs.map(place),
      outputs: outputs.map(place),
      arenaBytes: arena.bytes,
      bufferBytes,
    }
  }

  #planArgs(step: Step, offsets: ReadonlyMap<Value, number>): PlannedStep['args'] {
    const args: Record<string, StepArg | readonly number[]> = step.args
    return Object.fromEntries(
      Object.keys(kernelFields[step.kernel]).map((field) => [field, this.#planArg(args[field], offsets)]),
    )
  }

  #planArg(arg: StepArg | readonly number[], offsets: ReadonlyMap<Value, number>): PlannedArg {
    if (arg === undefined) return 0
    if (typeof arg === 'number' || Array.isArray(arg)) return arg
    if (isRef(arg)) {
      const origin = resolveAlias(this.#aliases, arg.value)
      const constant = this.#constantSource(origin)
      if (constant)
        return {
          constant: this.#constant(constant.source, { layout: constant.layout }),
          offset: arg.offset * 4,
        }
      return { arena: (offsets.get(origin) ?? fail(origin)) + arg.offset * 4 }
    }
    if ('packing' in arg)
      return {
        constant: this.#constant(resolveAlias(this.#aliases, arg.source), { packing: arg.packing }),
        offset: 0,
      }
    throw new CoreError('graph', 'a step has an argument that is neither a number nor an operand')
  }

  #constantSource(value: Value): { source: Value; layout: Layout } | undefined {
    return (
      this.#constantForms.get(value) ??
      (this.#graph.constants.has(value) ? { source: value, layout: 'row-major' } : undefined)
    )
  }

  #constant(value: Value, form: PlannedConstant['form']): number {
    const data = this.#graph.constants.get(value)
    if (!data)
      throw new CoreError('unsupported', `weights ${value.name || formatShape(value.shape)} are not constant`)
    const id = this.#constantIds.get(value) ?? this.#constantIds.size
    this.#constantIds.set(value, id)
    const key = `${id} ${JSON.stringify(form)}`
    const index = this.#constantIndex.get(key) ?? this.#constants.push({ data, value, form }) - 1
    this.#constantIndex.set(key, index)
    return index
  }
}

const fail = (value: Value): never => {
  throw new CoreError('graph', `${value.name || formatShape(value.shape)} was never given a buffer`)
}
