import type { Value } from '../ir/graph.ts'
import type { KernelArgs, KernelName } from '../kernels/list.ts'
import type { Lifetime } from './arena.ts'
import { isRef, type Ref, type Step, type StepArg } from './lowering.ts'

/**
 * Operands that a kernel reads, element by element, just before it writes the same element of `out`: laid out like it, and by the one
 * step that writes all of it.
 */
export const overwritable: { readonly [K in KernelName]?: keyof KernelArgs[K] & string } = {
  conv: 'addend',
  narrow: 'addend',
  winograd: 'addend',
  depthwise: 'addend',
  unary: 'x',
  accumulate: 'total',
}

/**
 * Lets results take the place of operands that nobody reads afterwards: what is written is in the cache then, and the arena needs
 * one buffer less. Answers whose place each such result takes; `lives` are joined. `resolve` finds the value whose bytes one is.
 */
export function overlay(
  steps: readonly Step[],
  lives: Map<Value, Lifetime>,
  resolve: (value: Value) => Value,
): ReadonlyMap<Value, Value> {
  const places = new Map<Value, Value>()
  const placeOf = (value: Value): Value => {
    const origin = resolve(value)
    return places.get(origin) ?? origin
  }
  steps.forEach((step, at) => {
    const field = overwritable[step.kernel]
    const args: Readonly<Record<string, StepArg | readonly number[]>> = step.args
    const operand = field === undefined ? undefined : args[field]
    const { out } = step.args
    if (!isAtStart(operand) || !isAtStart(out)) return
    const [place, result] = [placeOf(operand.value), placeOf(out.value)]
    const [old, own] = [lives.get(place), lives.get(result)]
    if (!old || !own || old.bytes !== own.bytes || old.last !== at || own.first !== at) return
    const readers = Object.values(args).filter((arg) => isRef(arg) && placeOf(arg.value) === place)
    if (readers.length > 1) return
    lives.set(place, { ...old, last: own.last })
    lives.delete(result)
    places.set(result, place)
  })
  return places
}

/** Whether it begins where its value does. */
const isAtStart = (arg: StepArg | readonly number[]): arg is Ref => isRef(arg) && arg.offset === 0
