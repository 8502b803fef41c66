import { sizeOf } from '../../src/core/ir/shape.ts'
import type { Tensor } from '../../src/core/ir/tensor.ts'
import type { KernelArgs, KernelName } from '../../src/core/kernels/list.ts'
import { twins } from '../../src/core/kernels/twins.ts'
import { toLayout } from '../../src/core/plan/layout.ts'
import { pack, packedLength } from '../../src/core/plan/packing.ts'
import type { Plan, PlannedArg, PlannedConstant, PlannedStep } from '../../src/core/plan/plan.ts'

/** Address 0 means "absent": nothing lies there. */
const FIRST_ADDRESS = 64

/** Runs a plan with the kernels' plain twins: what the lowerings and the planner say, without WebAssembly. */
export function runPlan(plan: Plan, inputs: readonly Tensor[]): Tensor[] {
  const arena = FIRST_ADDRESS
  const constants: number[] = []
  let end = arena + Math.ceil(plan.arenaBytes / 4) * 4
  for (const constant of plan.constants) {
    constants.push(end)
    end += lengthOf(constant) * 4
  }
  // What no step has written is NaN, so that reading it shows.
  const memory = new Float32Array(end / 4).fill(Number.NaN)
  plan.constants.forEach((constant, i) => {
    const at = (constants[i] ?? 0) / 4
    place(constant, memory.subarray(at, at + lengthOf(constant)))
  })
  plan.inputs.forEach(({ offset }, i) => {
    memory.set(inputs[i]?.data ?? [], (arena + offset) / 4)
  })
  for (const step of plan.steps) runStep(step, memory, arena, constants)
  return plan.outputs.map(({ shape, offset }) => {
    const at = (arena + offset) / 4
    return { shape, dtype: 'float', data: memory.slice(at, at + sizeOf(shape)) }
  })
}

const lengthOf = ({ form, value }: PlannedConstant): number =>
  'packing' in form ? packedLength(form.packing) : sizeOf(value.shape)

function place({ form, value, data }: PlannedConstant, out: Float32Array): void {
  if ('packing' in form) pack(data.data, form.packing, out)
  else toLayout(data.data, value.shape, form.layout, out)
}

function runStep(step: PlannedStep, memory: Float32Array, arena: number, constants: readonly number[]): void {
  const resolve = (arg: PlannedArg): number | readonly number[] => {
    if (typeof arg === 'number' || !('arena' in arg || 'constant' in arg)) return arg
    return 'arena' in arg ? arena + arg.arena : (constants[arg.constant] ?? 0) + arg.offset
  }
  const args = Object.fromEntries(Object.entries(step.args).map(([field, arg]) => [field, resolve(arg)]))
  call(step.kernel, memory, args)
}

/** The cast: a planned step holds every field of its kernel's struct. */
const call = <K extends KernelName>(kernel: K, memory: Float32Array, args: object): void =>
  twins[kernel](memory, args as KernelArgs[K])
