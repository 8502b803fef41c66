import { describe, expect, it } from 'vitest'
import type { KernelArgs } from '../../../src/core/kernels/list.ts'
import type { Case } from './case.ts'
import { cases } from './cases.ts'
import { Sandbox } from './sandbox.ts'

type Masking = 'conv' | 'depthwise' | 'winograd'

const outputs: { readonly [K in Masking]: (args: KernelArgs[K]) => number } = {
  conv: (a) => a.batch * a.outH * a.outW * a.groups * a.outPerGroup,
  depthwise: (a) => a.batch * a.outH * a.outW * a.channels,
  winograd: (a) => a.batch * a.outH * a.outW * a.filters,
}
const channels: { readonly [K in Masking]: (args: KernelArgs[K]) => number } = {
  conv: (a) => a.outPerGroup,
  depthwise: (a) => a.channels,
  winograd: (a) => a.filters,
}

describe.each(['conv', 'depthwise', 'winograd'] as const)('%s', (kernel) => {
  const box = new Sandbox('kernels-fma', 1600)
  const list: readonly Case<typeof kernel>[] = cases[kernel]
  const whole = list
    .map(({ title, args }) => ({ title, call: args(box) as KernelArgs[typeof kernel] }))
    .filter(({ call }) => channels[kernel](call as never) % 16 === 0 && !call.gate && !call.gateBits)

  it.each(whole)('writes a bit for each result between the bounds: $title', ({ call }) => {
    const count = outputs[kernel](call as never)
    const maskBits = box.bits(count)
    const [gateMin, gateMax] = [0, 2]
    box.run(kernel, { ...call, maskBits, gateMin, gateMax })
    const result = box.floats.subarray(call.out / 4, call.out / 4 + count)
    const bits = new Uint8Array(box.memory.buffer, maskBits, count / 8)
    const got = Array.from(result, (_, i) => ((bits[i >> 3] ?? 0) >> (i & 7)) & 1)
    expect(got).toEqual(Array.from(result, (y) => (gateMin < y && y < gateMax ? 1 : 0)))
    expect(new Set(got).size).toBe(2)
  })
})
