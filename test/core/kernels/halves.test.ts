import { describe, expect, it } from 'vitest'
import type { KernelArgs } from '../../../src/core/kernels/list.ts'
import { cutOf } from '../../../src/core/kernels/units.ts'
import type { Case } from './case.ts'
import { convCase, depthwiseCase, narrowCase } from './dense-cases.ts'
import { Sandbox } from './sandbox.ts'

/** Cut into many units, however short. */
const MIN_UNIT_NS = 100

/** For each line of the output, of so many numbers, how much of it the first half of the units writes. */
function sharesOfLines<K extends 'conv' | 'narrow' | 'depthwise'>(
  kernel: K,
  { args: make }: Case<K>,
  line: number,
): number[] {
  const box = new Sandbox()
  const args: KernelArgs[K] = make(box)
  const lines = args.batch * args.outH
  const outputs = box.floats.subarray(args.out / 4, args.out / 4 + lines * line).fill(Number.NaN)
  const cut = cutOf(kernel, args, MIN_UNIT_NS)
  expect(cut.units % 2).toBe(0)
  const firstHalf = Array.from({ length: cut.units / 2 }, (_, unit) => unit)
  box.runUnits(kernel, args, cut, firstHalf)
  const isWritten = (value: number) => !Number.isNaN(value)
  return Array.from(
    { length: lines },
    (_, y) => outputs.subarray(y * line, (y + 1) * line).filter(isWritten).length / line,
  )
}

describe('the gradient of a strided window: half of the units write the upper half of the lines', () => {
  const strided = { size: [48, 24], stride: [2, 2], transposed: 1 } as const
  const upperHalf = (lines: number) => Array.from({ length: lines }, (_, y) => (y < lines / 2 ? 1 : 0))

  it('dense', () => {
    const shares = sharesOfLines('conv', convCase('', { ...strided, n: 16 }), 24 * 16)
    expect(shares).toEqual(upperHalf(48))
  })

  it('depthwise', () => {
    const shares = sharesOfLines('depthwise', depthwiseCase('', { ...strided, channels: 16 }), 24 * 16)
    expect(shares).toEqual(upperHalf(48))
  })

  it('of an odd number of lines of each phase', () => {
    const odd = { ...strided, size: [30, 24], channels: 64 } as const
    const shares = sharesOfLines('depthwise', depthwiseCase('', odd), 24 * 64)
    expect(shares).toEqual(upperHalf(30))
  })

  it('to few channels', () => {
    const shares = sharesOfLines('narrow', narrowCase('', { ...strided, filters: 3 }), 24 * 3)
    expect(shares).toEqual(upperHalf(48))
  })

  it('of a batch: the first half of the samples', () => {
    const cotangents = { ...strided, channels: 16, batch: 2 }
    expect(sharesOfLines('depthwise', depthwiseCase('', cotangents), 24 * 16)).toEqual(upperHalf(2 * 48))
  })
})
