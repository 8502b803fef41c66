import { binaryOps, type KernelArgs, type KernelName, unaryOps } from '../../../src/core/kernels/list.ts'
import { type Case, ROUNDED } from './case.ts'
import { conv, depthwise, narrow } from './dense-cases.ts'
import { pictureCases } from './picture-cases.ts'
import { pool, poolGrad } from './pool-cases.ts'
import { accumulate, interpolate } from './sample-cases.ts'
import type { Sandbox } from './sandbox.ts'
import { sparseConv } from './sparse-cases.ts'
import { weightGrad } from './weight-grad-cases.ts'
import { winograd } from './winograd-cases.ts'

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
    'a quarter turn',
    {
      dims: [1, 1, 1, 7, 5, 3],
      xStrides: [0, 0, 0, -3, 21, 1],
      outStrides: [0, 0, 0, 15, 3, 1],
      inputs: 105,
      outputs: 105,
      xFirst: 18,
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
    'three planes to pixels, into wider lines',
    {
      dims: [1, 1, 2, 5, 11, 3],
      xStrides: [0, 0, 165, 11, 1, 55],
      outStrides: [0, 0, 270, 39, 3, 1],
      inputs: 330,
      outputs: 540,
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

const normal: readonly Case<'normal'>[] = [
  [1, 1],
  [3, 7],
  [2, 40_003],
].map(([batch = 1, length = 1]) => ({
  title: `${batch} samples of ${length}`,
  // the tails are told apart by ln(1 − x²), which f32 knows to 1e-7
  tolerance: 1e-5,
  args: (box) => ({
    keys: box.place(Array.from({ length: 2 * batch }, (_, i) => (i * 40_503 + 77) % 65_536)),
    out: box.empty(batch * length),
    batch,
    length,
  }),
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
  conv: [...conv, ...sparseConv],
  narrow,
  winograd,
  depthwise,
  weightGrad,
  pool,
  poolGrad,
  unary,
  binary,
  select,
  copy,
  scatterAdd,
  fill,
  normal,
  reduce,
  pack,
  accumulate,
  interpolate,
  ...pictureCases,
}
