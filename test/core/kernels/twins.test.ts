import { describe, expect, it } from 'vitest'
import { type KernelName, kernelNames } from '../../../src/core/kernels/list.ts'
import { overwritable } from '../../../src/core/plan/overlay.ts'
import type { Case } from './case.ts'
import { cases } from './cases.ts'
import { firstDifference, Sandbox, summingKernels } from './sandbox.ts'

/** A case whose kernel is known only at run time. */
type AnyCase = { [K in KernelName]: Case<K> }[KernelName]

/** Cases with an operand whose place the result may take. */
const overlaid = kernelNames.flatMap((kernel) => {
  const operand = overwritable[kernel]
  const list: readonly AnyCase[] = operand === undefined ? [] : cases[kernel]
  return list.flatMap(({ title, args, tolerance = 0 }) => {
    const call = (box: Sandbox): Readonly<Record<string, unknown>> => args(box)
    const place = (box: Sandbox) => {
      const given = call(box)
      return { ...given, out: given[operand ?? ''] }
    }
    return place(new Sandbox()).out === 0 ? [] : [{ kernel, operand, title, place, tolerance }]
  })
})

describe.each(['kernels-fma', 'kernels-plain'] as const)('%s', (module) => {
  describe.each(kernelNames)('%s', (kernel) => {
    const list: readonly AnyCase[] = cases[kernel]

    it('has cases', () => {
      expect(list.length).toBeGreaterThan(0)
    })

    it.each(list)('agrees with its twin: $title', ({ args, tolerance = 0 }) => {
      const box = new Sandbox(module)
      const { got, expected } = box.compare(kernel, args(box) as never)
      expect(firstDifference(got, expected, tolerance)).toBeUndefined()
    })

    it.each(list)('gives the same bits in any units: $title', ({ args }) => {
      const box = new Sandbox(module)
      const call = args(box) as never
      if (summingKernels.some((name) => name === kernel)) box.makeRounding()
      const whole = box.runCut(kernel, call, Infinity)
      const cut = box.runCut(kernel, call, 1e-3)
      expect(firstDifference(cut, whole, 0)).toBeUndefined()
    })
  })
})

describe.each(['kernels-fma', 'kernels-plain'] as const)('%s write over an operand', (module) => {
  it.each(overlaid)('as the twin does: $kernel over its $operand, $title', ({ kernel, place, tolerance }) => {
    const box = new Sandbox(module)
    const { got, expected } = box.compare(kernel, place(box) as never)
    expect(firstDifference(got, expected, tolerance)).toBeUndefined()
  })

  it.each(overlaid)('in any units: $kernel over its $operand, $title', ({ kernel, place }) => {
    const box = new Sandbox(module)
    const call = place(box) as never
    box.makeRounding()
    const whole = box.runCut(kernel, call, Infinity)
    expect(firstDifference(box.runCut(kernel, call, 1e-3), whole, 0)).toBeUndefined()
  })
})
