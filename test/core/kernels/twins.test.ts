import { describe, expect, it } from 'vitest'
import { type KernelName, kernelNames } from '../../../src/core/kernels/list.ts'
import { overwritable } from '../../../src/core/plan/overlay.ts'
import type { Case } from './case.ts'
import { cases } from './cases.ts'
import { firstDifference, Sandbox, summingKernels } from './sandbox.ts'

/** A case whose kernel is known only at run time. */
type AnyCase = { [K in KernelName]: Case<K> }[KernelName]

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

    const operand = overwritable[kernel]
    if (operand !== undefined)
      it.each(list)(`may write over its ${operand}, where it has one: $title`, ({ args, tolerance = 0 }) => {
        const box = new Sandbox(module)
        const call: Readonly<Record<string, unknown>> = args(box)
        expect(call).toHaveProperty(operand)
        if (!call[operand]) return
        const { got, expected } = box.compare(kernel, { ...call, out: call[operand] } as never)
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
