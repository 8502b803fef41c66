import { describe, expect, it } from 'vitest'
import type { KernelArgs } from '../../../src/core/kernels/list.ts'
import type { Case } from './case.ts'
import { cases } from './cases.ts'
import { Sandbox, windowKernels } from './sandbox.ts'

type WindowKernel = (typeof windowKernels)[number]

/** Channels of the tensors that a kernel reads and writes per sample. */
const channelsOf: { readonly [K in WindowKernel]: (args: KernelArgs[K]) => { x: number; out: number } } = {
  conv: (a) => ({ x: a.groups * a.inPerGroup, out: a.groups * a.outPerGroup }),
  narrow: (a) => ({ x: a.channels, out: a.filters }),
  winograd: (a) => ({ x: a.channels, out: a.filters }),
  depthwise: (a) => ({ x: a.channels, out: a.channels }),
  pool: (a) => ({ x: a.channels, out: a.channels }),
  poolGrad: (a) => ({ x: a.channels, out: a.channels }),
}

/** The call for one sample of a batch. */
function sampleOf<K extends WindowKernel>(kernel: K, args: KernelArgs[K], sample: number): KernelArgs[K] {
  const channels = channelsOf[kernel](args)
  const inBytes = sample * args.inH * args.inW * channels.x * 4
  const outBytes = sample * args.outH * args.outW * channels.out * 4
  const [xBytes, resultBytes] = kernel === 'poolGrad' ? [inBytes, inBytes] : [inBytes, outBytes]
  const moved: Record<string, number> = {}
  for (const [field, bytes] of [
    ['x', xBytes],
    ['out', resultBytes],
    ['ct', outBytes],
    ['addend', outBytes],
    ['gate', outBytes],
    ['gateBits', outBytes / 32],
    ['maskBits', outBytes / 32],
  ] as const) {
    const address = (args as Record<string, number>)[field]
    if (address) moved[field] = address + bytes
  }
  return { ...args, ...moved, batch: 1 }
}

describe.each(windowKernels)('%s', (kernel) => {
  const list: readonly Case<typeof kernel>[] = cases[kernel]
  it.each(list)('gives a sample the same bits in a batch and alone: $title', ({ args }) => {
    const box = new Sandbox()
    const call = { ...args(box), batch: 3 } as KernelArgs[typeof kernel]
    // the tensors were made for fewer samples: room behind them
    const roomy = widen(box, kernel, call)
    box.makeRounding()
    const before = box.tensors.slice()
    box.run(kernel, roomy)
    const together = box.tensors.slice(0, before.length)
    box.tensors.set(before)
    for (const sample of [2, 0, 1]) box.run(kernel, sampleOf(kernel, roomy, sample))
    expect(box.tensors.slice(0, before.length)).toEqual(together)
  })
})

/** The same call on larger tensors of its own. */
function widen<K extends WindowKernel>(box: Sandbox, kernel: K, args: KernelArgs[K]): KernelArgs[K] {
  const channels = channelsOf[kernel](args)
  const inputs = args.batch * args.inH * args.inW * channels.x
  const outputs = args.batch * args.outH * args.outW * channels.out
  const given = args as Record<string, number>
  const sizes = {
    x: inputs,
    out: kernel === 'poolGrad' ? inputs : outputs,
    ct: outputs,
    addend: outputs,
    gate: outputs,
  }
  const make = (field: string, size: number) =>
    field === 'x' ? box.sparse(size / channels.x, channels.x) : box.whole(size)
  const moved = Object.entries(sizes).flatMap(([field, size]) =>
    given[field] ? [[field, make(field, size)] as const] : [],
  )
  const bits = ['gateBits', 'maskBits'].flatMap((field) =>
    given[field] ? [[field, box.bits(outputs)] as const] : [],
  )
  return { ...args, ...Object.fromEntries([...moved, ...bits]) }
}
