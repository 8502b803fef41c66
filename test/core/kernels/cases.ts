import { binaryOps, type KernelArgs, type KernelName, unaryOps } from '../../../src/core/kernels/list.ts'
import type { Sandbox } from './sandbox.ts'

/** One call to hold against its twin. Data are whole numbers, so that sums are exact, unless a tolerance is given. */
export interface Case<K extends KernelName> {
  readonly title: string
  readonly args: (box: Sandbox) => KernelArgs[K]
  /** relative to 1 or the element; default 0 */
  readonly tolerance?: number
}

/** A division or a mean rounds. */
const ROUNDED = 2e-7

interface Geometry {
  readonly size?: readonly [h: number, w: number]
  readonly kernel?: readonly [h: number, w: number]
  readonly stride?: readonly [h: number, w: number]
  readonly dilation?: readonly [h: number, w: number]
  readonly padBegin?: readonly [top: number, left: number]
  readonly padEnd?: readonly [bottom: number, right: number]
  readonly batch?: number
}

const outLength = (length: number, pads: number, kernel: number, dilation: number, stride: number): number =>
  Math.floor((length + pads - (kernel - 1) * dilation - 1) / stride) + 1

/** The window's fields for an input of `size`; for its adjoint, with input and output exchanged. */
function window(g: Geometry, transposed = 0) {
  const [h, w] = g.size ?? [5, 7]
  const [kernelH, kernelW] = g.kernel ?? [3, 3]
  const [strideH, strideW] = g.stride ?? [1, 1]
  const [dilationH, dilationW] = g.dilation ?? [1, 1]
  const [padTop, padLeft] = g.padBegin ?? [1, 1]
  const [padBottom, padRight] = g.padEnd ?? [padTop, padLeft]
  const small = [
    outLength(h, padTop + padBottom, kernelH, dilationH, strideH),
    outLength(w, padLeft + padRight, kernelW, dilationW, strideW),
  ] as const
  const [[inH, inW], [outH, outW]] = transposed ? [small, [h, w]] : [[h, w], small]
  const fields = {
    inH,
    inW,
    outH,
    outW,
    kernelH,
    kernelW,
    strideH,
    strideW,
    dilationH,
    dilationW,
    padTop,
    padLeft,
  }
  return { window: { batch: g.batch ?? 1, ...fields }, padBottom, padRight }
}

interface Epilogue {
  readonly bias?: boolean
  readonly addend?: boolean
  readonly clamp?: readonly [number, number]
  readonly gate?: readonly [number, number]
}

function epilogue(box: Sandbox, e: Epilogue, channels: number, outputs: number) {
  const [clampMin, clampMax] = e.clamp ?? [-Infinity, Infinity]
  const [gateMin, gateMax] = e.gate ?? [0, 0]
  return {
    bias: e.bias ? box.whole(channels, 20) : 0,
    addend: e.addend ? box.whole(outputs, 20) : 0,
    clampMin,
    clampMax,
    gate: e.gate ? box.whole(outputs, 3) : 0,
    gateMin,
    gateMax,
  }
}

const everything: Epilogue = { bias: true, addend: true, clamp: [-30, 25], gate: [-1, 3] }

interface Dense extends Geometry, Epilogue {
  readonly k?: number
  readonly n?: number
  readonly groups?: number
  readonly transposed?: number
}

function convCase(title: string, d: Dense): Case<'conv'> {
  return {
    title,
    args(box) {
      const { k = 5, n = 16, groups = 1, transposed = 0 } = d
      const { window: w } = window(d, transposed)
      const taps = w.kernelH * w.kernelW
      const outputs = w.batch * w.outH * w.outW * groups * n
      const tiles = Math.ceil(n / 16)
      const weights = Array.from({ length: groups * tiles * taps * k * 16 }, (_, i) => {
        const column = (Math.floor(i / (taps * k * 16)) % tiles) * 16 + (i % 16)
        return column < n ? ((i * 7919) % 9) - 4 : 0
      })
      return {
        x: box.whole(w.batch * w.inH * w.inW * groups * k),
        w: box.place(weights),
        out: box.empty(outputs),
        ...w,
        groups,
        inPerGroup: k,
        outPerGroup: n,
        transposed,
        ...epilogue(box, d, groups * n, outputs),
      }
    },
  }
}

const gemm = (title: string, rows: number, k: number, n: number, e: Epilogue = {}): Case<'conv'> =>
  convCase(title, { size: [1, rows], kernel: [1, 1], padBegin: [0, 0], k, n, ...e })

/** The windows that dense and depthwise convolutions share, also in their adjoints. */
const windows: readonly (readonly [string, Geometry])[] = [
  ['a single pixel', { size: [1, 1] }],
  ['a batch', { batch: 3, size: [4, 5] }],
  ['stride 2', { size: [9, 8], stride: [2, 2] }],
  ['stride 3 of a prime size', { size: [11, 13], stride: [3, 3], batch: 2 }],
  ['a stride wider than the kernel', { size: [9, 10], kernel: [1, 2], stride: [2, 3], padBegin: [0, 0] }],
  ['strides that differ', { size: [7, 9], kernel: [5, 2], stride: [1, 3], padBegin: [2, 0] }],
  ['dilation', { size: [9, 11], dilation: [2, 3], padBegin: [2, 3] }],
  ['stride and dilation', { size: [13, 12], stride: [2, 3], dilation: [3, 2], padBegin: [3, 2] }],
  ['asymmetric pads', { size: [6, 7], stride: [2, 2], padBegin: [0, 0], padEnd: [1, 1] }],
  ['more padding than kernel', { size: [3, 4], kernel: [2, 2], padBegin: [3, 2], padEnd: [2, 4] }],
  ['no padding', { size: [6, 8], padBegin: [0, 0] }],
  ['a kernel as large as the input', { size: [5, 6], kernel: [5, 6], padBegin: [0, 0] }],
]

interface Narrow extends Geometry, Epilogue {
  readonly channels?: number
  readonly filters?: number
  readonly transposed?: number
}

function narrowCase(title: string, d: Narrow): Case<'narrow'> {
  return {
    title,
    args(box) {
      const { channels = 16, filters = 3, transposed = 0 } = d
      const { window: w } = window(d, transposed)
      const outputs = w.batch * w.outH * w.outW * filters
      return {
        x: box.whole(w.batch * w.inH * w.inW * channels),
        w: box.whole(w.kernelH * w.kernelW * channels * filters),
        out: box.empty(outputs),
        ...w,
        channels,
        filters,
        transposed,
        ...epilogue(box, d, filters, outputs),
      }
    },
  }
}

/** Sums of products that the transforms weigh with up to 25, in f32 instead of f64. */
const TRANSFORMED = 2e-5

interface Winograd extends Epilogue {
  readonly size?: readonly [h: number, w: number]
  readonly pad?: readonly [top: number, left: number]
  readonly batch?: number
  readonly channels?: number
  readonly filters?: number
}

function winogradCases(title: string, w: Winograd): Case<'winograd'>[] {
  return [4, 2].map((tile) => ({
    title: `${title}, F(${tile}×${tile}, 3×3)`,
    tolerance: TRANSFORMED,
    args(box) {
      const { size: [inH, inW] = [9, 10], pad: [padTop, padLeft] = [1, 1], batch = 1 } = w
      const { channels = 8, filters = 16 } = w
      const [outH, outW] = [inH + 2 * padTop - 2, inW + 2 * padLeft - 2]
      const outputs = batch * outH * outW * filters
      return {
        x: box.real(batch * inH * inW * channels, -1, 1),
        w: box.real((tile + 2) ** 2 * channels * filters, -1 / channels, 1 / channels),
        out: box.empty(outputs),
        ...{ batch, inH, inW, outH, outW, padTop, padLeft, channels, filters, tile },
        ...epilogue(box, w, filters, outputs),
      }
    },
  }))
}

const narrow: readonly Case<'narrow'>[] = [
  ...[1, 2, 3, 4].map((filters) => narrowCase(`${filters} filters`, { filters, ...everything })),
  ...[8, 24, 64].map((channels) => narrowCase(`${channels} channels`, { channels })),
  ...windows.map(([title, geometry]) => narrowCase(title, geometry)),
  ...windows.map(([title, geometry]) =>
    narrowCase(`the adjoint of ${title}`, { transposed: 1, ...geometry }),
  ),
  ...[1, 2, 3, 4].map((filters) =>
    narrowCase(`the adjoint to ${filters} filters, all parts`, {
      ...{ filters, transposed: 1, stride: [2, 2], size: [23, 26], batch: 2 },
      ...everything,
    }),
  ),
  narrowCase('bias alone', { bias: true }),
  narrowCase('an addend alone', { addend: true }),
  narrowCase('a clamp alone', { clamp: [0, 6] }),
  narrowCase('a gate alone', { gate: [0, Infinity] }),
]

const winograd: readonly Case<'winograd'>[] = [
  winogradCases('a picture of whole tiles', { size: [8, 12] }),
  winogradCases('a picture smaller than a tile', { size: [1, 3] }),
  winogradCases('prime sizes, batched', { size: [7, 13], batch: 3 }),
  winogradCases('no padding', { size: [9, 7], pad: [0, 0] }),
  winogradCases('a wide padding', { size: [3, 5], pad: [2, 3] }),
  winogradCases('many channels', { channels: 200, filters: 32, size: [5, 6] }),
  winogradCases('several blocks of tiles', { size: [37, 41], channels: 16, filters: 48 }),
  winogradCases('blocks of few tiles', { size: [10, 11], channels: 1024, filters: 16 }),
  winogradCases('all parts', { ...everything, clamp: [-1, 0.5], filters: 32, batch: 2 }),
  winogradCases('bias alone', { bias: true }),
  winogradCases('an addend alone', { addend: true }),
  winogradCases('a clamp alone', { clamp: [0, 6] }),
  winogradCases('a gate alone', { gate: [0, Infinity] }),
].flat()

interface Depthwise extends Geometry, Epilogue {
  readonly channels?: number
  readonly transposed?: number
}

function depthwiseCase(title: string, d: Depthwise): Case<'depthwise'> {
  return {
    title,
    args(box) {
      const { channels = 23, transposed = 0 } = d
      const { window: w } = window(d, transposed)
      const outputs = w.batch * w.outH * w.outW * channels
      return {
        x: box.whole(w.batch * w.inH * w.inW * channels),
        w: box.whole(w.kernelH * w.kernelW * channels),
        out: box.empty(outputs),
        ...w,
        channels,
        transposed,
        ...epilogue(box, d, channels, outputs),
      }
    },
  }
}

const conv: readonly Case<'conv'>[] = [
  ...[1, 3, 4, 5, 8, 12, 16, 17, 24, 33].map((n) => convCase(`${n} columns`, { n, ...everything })),
  ...[1, 2, 3, 7, 8, 31].map((k) => convCase(`${k} channels`, { k, n: 20 })),
  ...[1, 2, 3, 4, 5, 8, 9, 257, 523].map((rows) => gemm(`a product of ${rows} rows`, rows, 6, 40)),
  gemm('a product whose sums are long', 3, 1031, 17, { bias: true }),
  convCase('groups', { groups: 3, k: 4, n: 4, ...everything }),
  convCase('groups of odd sizes, batched', { groups: 5, k: 3, n: 7, batch: 2, size: [9, 4], ...everything }),
  convCase('groups of several tiles', { groups: 2, k: 3, n: 37, stride: [2, 2] }),
  ...windows.map(([title, geometry]) => convCase(title, { n: 19, ...geometry })),
  ...windows.map(([title, geometry]) =>
    convCase(`the adjoint of ${title}`, { n: 19, transposed: 1, ...geometry }),
  ),
  convCase('the adjoint in groups, all parts', {
    groups: 2,
    transposed: 1,
    stride: [2, 2],
    size: [7, 6],
    ...everything,
  }),
  convCase('an image to few channels and back', {
    k: 32,
    n: 3,
    transposed: 1,
    stride: [2, 2],
    size: [12, 12],
    padBegin: [0, 0],
  }),
  convCase('bias alone', { bias: true, n: 21 }),
  convCase('an addend alone', { addend: true, n: 32 }),
  convCase('a clamp alone', { clamp: [0, 6], n: 32 }),
  convCase('a gate alone', { gate: [0, Infinity], n: 32 }),
]

const depthwise: readonly Case<'depthwise'>[] = [
  ...[1, 2, 4, 15, 16, 20, 37, 64].map((channels) =>
    depthwiseCase(`${channels} channels`, { channels, ...everything }),
  ),
  ...windows.map(([title, geometry]) => depthwiseCase(title, geometry)),
  ...windows.map(([title, geometry]) =>
    depthwiseCase(`the adjoint of ${title}`, { transposed: 1, ...geometry }),
  ),
  depthwiseCase('the adjoint, all parts', {
    transposed: 1,
    stride: [2, 2],
    size: [8, 9],
    batch: 2,
    ...everything,
  }),
  depthwiseCase('many rows', { size: [37, 31], kernel: [5, 5], padBegin: [2, 2], channels: 20 }),
  depthwiseCase('bias alone', { bias: true }),
  depthwiseCase('an addend alone', { addend: true }),
  depthwiseCase('a clamp alone', { clamp: [0, 6] }),
  depthwiseCase('a gate alone', { gate: [0, Infinity] }),
]

const poolWindows: readonly (readonly [string, Geometry & { channels?: number }])[] = [
  ['overlapping windows', { size: [7, 8], stride: [2, 2], batch: 2 }],
  ['dilated windows', { size: [9, 8], dilation: [2, 3], padBegin: [2, 2], padEnd: [1, 3] }],
  [
    'windows beyond the end',
    { size: [5, 6], kernel: [2, 3], stride: [2, 3], padBegin: [0, 1], padEnd: [1, 2] },
  ],
  ['windows with gaps between', { size: [8, 9], kernel: [2, 1], stride: [3, 2], padBegin: [0, 0] }],
  ['the whole image', { size: [7, 5], kernel: [7, 5], padBegin: [0, 0], channels: 37 }],
  ['one channel', { channels: 1 }],
  ['many channels', { size: [5, 4], stride: [2, 2], channels: 59 }],
]

function poolCases(mode: number, name: string): Case<'pool'>[] {
  return poolWindows.map(([title, { channels = 6, ...geometry }]) => ({
    title: `${name} over ${title}`,
    tolerance: mode === 0 ? 0 : ROUNDED,
    args(box) {
      const { window: w, padBottom, padRight } = window(geometry)
      const x = box.whole(w.batch * w.inH * w.inW * channels)
      return {
        x,
        out: box.empty(w.batch * w.outH * w.outW * channels),
        ...w,
        padBottom,
        padRight,
        channels,
        mode,
      }
    },
  }))
}

function poolGradCases(mode: number, name: string): Case<'poolGrad'>[] {
  return poolWindows.map(([title, { channels = 6, ...geometry }]) => ({
    title: `${name} over ${title}`,
    tolerance: mode === 0 ? 0 : 4 * ROUNDED,
    args(box) {
      const { window: w, padBottom, padRight } = window(geometry)
      const inputs = w.batch * w.inH * w.inW * channels
      const ct = box.whole(w.batch * w.outH * w.outW * channels)
      // whatever was in `out` is overwritten
      return {
        ct,
        x: box.whole(inputs, 1),
        out: box.whole(inputs),
        ...w,
        padBottom,
        padRight,
        channels,
        mode,
      }
    },
  }))
}

const modes = ['the maximum', 'the average inside', 'the average with padding'] as const

/** Parameters of the functions that take them. */
const parameters: Partial<Record<(typeof unaryOps)[number], readonly [number, number]>> = {
  clip: [-0.5, 0.75],
  leakyRelu: [0.1, 0],
  elu: [1.5, 0],
  hardSigmoid: [0.2, 0.5],
}

const unary: readonly Case<'unary'>[] = [
  ...unaryOps.map(
    (name, op): Case<'unary'> => ({
      title: name,
      tolerance: 4e-7,
      args(box) {
        const [p, q] = parameters[name] ?? [0, 0]
        const positive = name === 'log' || name === 'sqrt'
        const x = positive ? box.real(1003, 1e-3, 40) : box.real(1003, -6, 6)
        return { x, out: box.empty(1003), length: 1003, op, p, q }
      },
    }),
  ),
  ...[1, 3, 4, 7, 8, 100_003].map(
    (length): Case<'unary'> => ({
      title: `${length} elements`,
      args: (box) => ({ x: box.whole(length), out: box.empty(length), length, op: 0, p: 0, q: 0 }),
    }),
  ),
]

const contiguous = (dims: readonly number[]): number[] =>
  dims.map((_, axis) => dims.slice(axis + 1).reduce((a, b) => a * b, 1))
const sizeOf = (dims: readonly number[]): number => dims.reduce((a, b) => a * b, 1)

/** Strides of a tensor that is repeated along some axes. */
const broadcast = (dims: readonly number[], along: readonly number[]): number[] =>
  contiguous(dims.map((dim, axis) => (along.includes(axis) ? 1 : dim))).map((stride, axis) =>
    along.includes(axis) ? 0 : stride,
  )

const image = [1, 1, 2, 3, 5, 19]
const operands: readonly (readonly [string, readonly number[], readonly number[], readonly number[]])[] = [
  ['equal shapes', image, contiguous(image), contiguous(image)],
  ['a value per channel', image, contiguous(image), broadcast(image, [2, 3, 4])],
  ['a value per pixel', image, contiguous(image), broadcast(image, [5])],
  ['a value per sample', image, broadcast(image, [3, 4, 5]), contiguous(image)],
  ['two single values', image, broadcast(image, [0, 1, 2, 3, 4, 5]), broadcast(image, [2, 3, 4, 5])],
  ['a transposed operand', [1, 1, 1, 2, 7, 9], contiguous([1, 1, 1, 2, 7, 9]), [0, 0, 0, 63, 1, 7]],
  ['one element', [1, 1, 1, 1, 1, 1], [0, 0, 0, 0, 0, 0], [0, 0, 0, 0, 0, 0]],
  ['many rows', [1, 1, 1, 1, 3001, 8], [0, 0, 0, 0, 8, 1], [0, 0, 0, 0, 0, 1]],
  ['all six axes', [2, 3, 2, 3, 2, 3], contiguous([2, 3, 2, 3, 2, 3]), broadcast([2, 3, 2, 3, 2, 3], [1, 4])],
]

const binary: readonly Case<'binary'>[] = [
  ...binaryOps.map(
    (name, op): Case<'binary'> => ({
      title: name,
      tolerance: ROUNDED,
      args(box) {
        const dims = [1, 1, 1, 1, 3, 37]
        const a = name === 'pow' ? box.real(111, 0.1, 3) : box.whole(111)
        const [aStrides, bStrides] = [contiguous(dims), contiguous(dims)]
        return { a, b: box.whole(111), out: box.empty(111), op, p: -1, q: 3, dims, aStrides, bStrides }
      },
    }),
  ),
  ...operands.map(
    ([title, dims, aStrides, bStrides]): Case<'binary'> => ({
      title: `sub of ${title}`,
      args(box) {
        const length = sizeOf(dims)
        return {
          a: box.whole(length),
          b: box.whole(length),
          out: box.empty(length),
          op: 1,
          p: 0,
          q: 0,
          dims,
          aStrides,
          bStrides,
        }
      },
    }),
  ),
]

const select: readonly Case<'select'>[] = operands.map(([title, dims, aStrides, bStrides]) => ({
  title: `of ${title}`,
  args(box) {
    const length = sizeOf(dims)
    const [a, b, condition] = [box.whole(length), box.whole(length), box.whole(length, 1)]
    return {
      condition,
      a,
      b,
      out: box.empty(length),
      dims,
      conditionStrides: contiguous(dims),
      aStrides,
      bStrides,
    }
  },
}))

interface Copied {
  readonly dims: readonly number[]
  readonly xStrides: readonly number[]
  readonly outStrides: readonly number[]
  readonly inputs: number
  readonly outputs: number
  readonly xFirst?: number
  readonly axis?: number
  readonly indices?: readonly number[]
}

const copies: readonly (readonly [string, Copied])[] = [
  [
    'everything in order',
    {
      dims: [1, 1, 1, 1, 1, 1001],
      xStrides: [0, 0, 0, 0, 0, 1],
      outStrides: [0, 0, 0, 0, 0, 1],
      inputs: 1001,
      outputs: 1001,
    },
  ],
  [
    'a transpose',
    {
      dims: [1, 1, 1, 3, 5, 7],
      xStrides: [0, 0, 0, 35, 1, 5],
      outStrides: [0, 0, 0, 35, 7, 1],
      inputs: 105,
      outputs: 105,
    },
  ],
  [
    'channels first to last',
    {
      dims: [1, 1, 2, 6, 5, 3],
      xStrides: [0, 0, 90, 5, 1, 30],
      outStrides: [0, 0, 90, 15, 3, 1],
      inputs: 180,
      outputs: 180,
    },
  ],
  [
    'a reversed axis',
    {
      dims: [1, 1, 1, 1, 4, 9],
      xStrides: [0, 0, 0, 0, 9, -1],
      outStrides: [0, 0, 0, 0, 9, 1],
      inputs: 36,
      outputs: 36,
      xFirst: 8,
    },
  ],
  [
    'a slice with steps',
    {
      dims: [1, 1, 1, 1, 3, 4],
      xStrides: [0, 0, 0, 0, 22, 2],
      outStrides: [0, 0, 0, 0, 4, 1],
      inputs: 66,
      outputs: 12,
      xFirst: 1,
    },
  ],
  [
    'a repeated row',
    {
      dims: [1, 1, 1, 1, 6, 10],
      xStrides: [0, 0, 0, 0, 0, 1],
      outStrides: [0, 0, 0, 0, 10, 1],
      inputs: 10,
      outputs: 60,
    },
  ],
  [
    'into a wider tensor',
    {
      dims: [1, 1, 1, 1, 5, 12],
      xStrides: [0, 0, 0, 0, 12, 1],
      outStrides: [0, 0, 0, 0, 20, 1],
      inputs: 60,
      outputs: 100,
    },
  ],
  [
    'rows by index',
    {
      dims: [1, 1, 1, 2, 4, 11],
      xStrides: [0, 0, 0, 33, 11, 1],
      outStrides: [0, 0, 0, 44, 11, 1],
      inputs: 66,
      outputs: 88,
      axis: 4,
      indices: [2, 0, 0, 1],
    },
  ],
  [
    'elements by index',
    {
      dims: [1, 1, 1, 1, 3, 5],
      xStrides: [0, 0, 0, 0, 7, 1],
      outStrides: [0, 0, 0, 0, 5, 1],
      inputs: 21,
      outputs: 15,
      axis: 5,
      indices: [6, 1, 1, 0, 3],
    },
  ],
  [
    'blocks by index',
    {
      dims: [1, 1, 3, 2, 2, 3],
      xStrides: [0, 0, 12, 6, 3, 1],
      outStrides: [0, 0, 12, 6, 3, 1],
      inputs: 48,
      outputs: 36,
      axis: 2,
      indices: [3, 3, 1],
    },
  ],
]

const copy: readonly Case<'copy'>[] = copies.map(([title, c]) => ({
  title,
  args: (box) => ({
    x: box.whole(c.inputs, 100) + 4 * (c.xFirst ?? 0),
    out: box.whole(c.outputs),
    indices: c.indices ? box.place(c.indices) : 0,
    axis: c.axis ?? 0,
    dims: c.dims,
    xStrides: c.xStrides,
    outStrides: c.outStrides,
  }),
}))

const scatterAdd: readonly Case<'scatterAdd'>[] = copies
  .filter(([, { indices }]) => indices)
  .map(([title, c]) => ({
    title: `${title}, with repeats`,
    args: (box) => ({
      // the adjoint: what was copied goes back
      x: box.whole(c.outputs, 100),
      out: box.whole(c.inputs),
      indices: box.place(c.indices ?? []),
      axis: c.axis ?? 0,
      dims: c.dims,
      xStrides: c.outStrides,
      outStrides: c.xStrides,
    }),
  }))

const fill: readonly Case<'fill'>[] = [1, 2, 7, 8, 40_001].map((length) => ({
  title: `${length} elements`,
  args: (box) => ({ out: box.whole(length), length, value: -2.5 }),
}))

const reduceNames = ['sums', 'means', 'maxima'] as const
const reduce: readonly Case<'reduce'>[] = reduceNames.flatMap((name, mode) =>
  [
    [1, 1, 1],
    [3, 1000, 1],
    [2, 7, 1],
    [2, 300, 5],
    [3, 49, 37],
    [1, 5, 1000],
    [1, 20_003, 1],
  ].map(
    ([outer = 1, length = 1, inner = 1]): Case<'reduce'> => ({
      title: `${name} of ${outer}×${length}×${inner}`,
      tolerance: mode === 1 ? ROUNDED : 0,
      args: (box) => ({
        x: box.whole(outer * length * inner),
        out: box.empty(outer * inner),
        outer,
        length,
        inner,
        mode,
      }),
    }),
  ),
)

const pack: readonly Case<'pack'>[] = [
  [
    'rows of outputs',
    { groups: 1, taps: 1, k: 5, n: 20, groupStride: 0, tapStride: 0, kStride: 1, nStride: 5 },
  ],
  [
    'columns of outputs',
    { groups: 1, taps: 1, k: 7, n: 16, groupStride: 0, tapStride: 0, kStride: 16, nStride: 1 },
  ],
  [
    'taps and groups',
    { groups: 3, taps: 9, k: 2, n: 33, groupStride: 594, tapStride: 1, kStride: 9, nStride: 18 },
  ],
  ['one weight', { groups: 1, taps: 1, k: 1, n: 1, groupStride: 1, tapStride: 1, kStride: 1, nStride: 1 }],
].map(([title, shape]) => {
  const p = shape as Omit<KernelArgs['pack'], 'w' | 'out'>
  return {
    title: title as string,
    args: (box: Sandbox) => ({
      w: box.whole(p.groups * p.taps * p.k * p.n),
      out: box.whole(p.groups * Math.ceil(p.n / 16) * p.taps * p.k * 16),
      ...p,
    }),
  }
})

/** Every kernel's cases: a kernel of the list without an entry here does not compile. */
export const cases: { readonly [K in KernelName]: readonly Case<K>[] } = {
  conv,
  narrow,
  winograd,
  depthwise,
  pool: modes.flatMap((name, mode) => poolCases(mode, name)),
  poolGrad: modes.flatMap((name, mode) => poolGradCases(mode, name)),
  unary,
  binary,
  select,
  copy,
  scatterAdd,
  fill,
  reduce,
  pack,
}
