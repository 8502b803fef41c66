import { describe, expect, it } from 'vitest'
import { encodeArgs } from '../../../src/core/kernels/encode.ts'
import type { KernelArgs } from '../../../src/core/kernels/list.ts'
import { epilogue, type Geometry, window } from './dense-cases.ts'
import { CONTROL, Sandbox } from './sandbox.ts'

/** A convolution over an input that is 0 in many places: k to n channels. */
function sparseConv(
  box: Sandbox,
  geometry: Geometry,
  k: number,
  n: number,
  transposed = 0,
): KernelArgs['conv'] {
  const { window: w } = window(geometry, transposed)
  const taps = w.kernelH * w.kernelW
  return {
    x: box.sparse(w.batch * w.inH * w.inW, k),
    w: box.real(taps * k * n, -1, 1),
    out: box.empty(w.batch * w.outH * w.outW * n),
    ...w,
    ...{ groups: 1, inPerGroup: k, outPerGroup: n, transposed, turned: 0, sparse: 1 },
    ...epilogue(box, { bias: true }, n, 0),
  }
}

/** The first column of a product: of rows of 8 numbers and 8 rows of 16 equal weights. */
function firstColumn(
  box: Sandbox,
  geometry: Geometry,
  x: readonly (readonly number[])[],
  weights: readonly number[],
  sparse: number,
): readonly (number | undefined)[] {
  const [k, n] = [8, 16]
  const { window: w } = window(geometry)
  const out = box.empty(x.length * n)
  box.run('conv', {
    ...{
      x: box.place(x.flat()),
      w: box.place(weights.flatMap((v) => new Array<number>(n).fill(v))),
      out,
      ...w,
    },
    ...{ groups: 1, inPerGroup: k, outPerGroup: n, transposed: 0, turned: 0, sparse },
    ...epilogue(box, {}, n, 0),
  })
  return x.map((_, i) => box.floats[out / 4 + i * n])
}

/** Rows of matrices; as many as lists have no room for all at once, too. */
const row = (length: number): Geometry => ({ size: [1, length], kernel: [1, 1], padBegin: [0, 0] })
const calls: readonly (readonly [string, Geometry, k: number, n: number, transposed: number])[] = [
  ['a block of rows', row(200), 256, 128, 0],
  ['several blocks', row(1000), 64, 64, 0],
  ['phases', { size: [28, 28], stride: [2, 2] }, 64, 64, 1],
  ['samples side by side, of which blocks begin with another one', { size: [7, 9], batch: 7 }, 64, 32, 0],
  ['phases of samples side by side', { size: [17, 15], stride: [2, 2], batch: 5 }, 32, 32, 1],
  ['more than the lists have room for', { size: [37, 37], batch: 2 }, 512, 32, 0],
  [
    'windows of more products than are listed',
    { size: [4, 5], kernel: [5, 5], padBegin: [2, 2] },
    1024,
    16,
    0,
  ],
]

describe.each(['kernels-fma', 'kernels-plain'] as const)('products that are not listed, in %s', (module) => {
  it.each(calls)('change no bit: %s', (_, geometry, k, n, transposed) => {
    const box = new Sandbox(module, 600)
    const call = sparseConv(box, geometry, k, n, transposed)
    const all = box.runCut('conv', { ...call, sparse: 0 }, 20_000)
    expect(box.runCut('conv', { ...call, sparse: 2 }, 1000)).toEqual(all)
    expect(box.runCut('conv', { ...call, sparse: 2 }, Infinity)).toEqual(all)
    // one unit, units of their own, and units of one step and the same rows, which share the lists
    expect(box.runCut('conv', call, Infinity)).toEqual(all)
    expect(box.runCut('conv', call, 1000)).toEqual(all)
    const { batch, outH, outW } = call
    const cut = { rowsPerUnit: batch * outH * outW, columnsPerUnit: 1, units: Math.ceil(n / 16) }
    const plan = box.plan([{ kernel: 'conv', words: encodeArgs('conv', call, cut), units: cut.units }])
    box.kernels.runPlan(plan, 0, 1, CONTROL)
    expect(box.tensors.slice(0, all.length)).toEqual(all)
  })

  it('are looked for in one group of whole vectors of channels', () => {
    const box = new Sandbox(module)
    const call = sparseConv(box, row(30), 16, 16)
    expect(() => encodeArgs('conv', { ...call, groups: 2 })).toThrow(/one group of a multiple of 8 channels/)
    expect(() => encodeArgs('conv', { ...call, inPerGroup: 12 })).toThrow(/multiple of 8 channels/)
  })

  it('are those where x is 0 in all rows of a tile, whatever their weights', () => {
    const box = new Sandbox(module)
    const x = Array.from({ length: 48 }, (_, i) => [
      0,
      -0,
      0,
      1,
      i < 6 ? 1 : 0,
      i === 47 ? Number.NaN : 0,
      0,
      2,
    ])
    const weights = [Infinity, Number.NaN, 3, 1, 10, 1, -Infinity, 1]
    expect(firstColumn(box, row(48), x, weights, 1)).toEqual(
      x.map((_, i) => (i < 6 ? 13 : i === 47 ? Number.NaN : 3)),
    )
  })

  it('are found in the samples of a pixel, which lie side by side', () => {
    const box = new Sandbox(module)
    const [batch, pixels] = [12, 4]
    const x = Array.from({ length: batch * pixels }, (_, i) => [
      i % pixels === 2 ? 0 : 1,
      1,
      0,
      0,
      0,
      0,
      0,
      0,
    ])
    const weights = [Infinity, 5, 1, 1, 1, 1, 1, 1]
    expect(firstColumn(box, { ...row(pixels), batch }, x, weights, 2)).toEqual(
      x.map((_, i) => (i % pixels === 2 ? 5 : Infinity)),
    )
  })
})
