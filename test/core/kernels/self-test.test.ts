import { describe, expect, it } from 'vitest'
import { expectedResults } from '../../../src/core/kernels/expected.ts'
import { kernelNames } from '../../../src/core/kernels/list.ts'
import { SELF_TEST_BYTES, selfTest } from '../../../src/core/kernels/self-test.ts'
import type { KernelInstance } from '../../../src/core/wasm/module.ts'
import { Sandbox } from './sandbox.ts'

const expected = expectedResults()

describe.each(['kernels-fma', 'kernels-plain'] as const)('the self-test of %s', (module) => {
  it('finds nothing wrong', () => {
    const box = new Sandbox(module)
    expect(selfTest(box.kernels, box.memory, box.empty(SELF_TEST_BYTES / 4), expected)).toEqual([])
  })

  it('names a kernel of which something else is expected', () => {
    const box = new Sandbox(module)
    const other = expected.map((value, i) => (i === 0 ? value + 1 : value))
    expect(selfTest(box.kernels, box.memory, box.empty(SELF_TEST_BYTES / 4), other)).toEqual(['conv'])
  })

  it('refuses what is expected of other calls', () => {
    const box = new Sandbox(module)
    const base = box.empty(SELF_TEST_BYTES / 4)
    const test = () => selfTest(box.kernels, box.memory, base, expected.subarray(1))
    expect(test).toThrow(/from other sources/)
  })

  it('names each kernel that answers wrongly', () => {
    const box = new Sandbox(module)
    const base = box.empty(SELF_TEST_BYTES / 4)
    for (const [id, name] of kernelNames.entries()) {
      const broken: KernelInstance = {
        ...box.kernels,
        runUnit: (kernel, args, unit) => {
          if (kernel !== id) box.kernels.runUnit(kernel, args, unit)
        },
      }
      expect(selfTest(broken, box.memory, base, expected)).toEqual([name])
    }
  })
})
