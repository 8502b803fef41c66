import { CoreError } from '../errors.ts'
import { broadcastShapes, formatShape, permuted, type Shape, sameShape, sizeOf } from '../ir/shape.ts'
import type { DType } from '../ir/tensor.ts'
import { broadcast, doubles, map1, transposed } from '../reference/loops.ts'
import type { OpTable } from './op.ts'
import { copyStep, stridesAs, wholeOf } from './strided.ts'

declare module '../ir/graph.ts' {
  interface OpSignatures {
    /** the final shape, with no 0 or −1 left (it may hold multiples of N) */
    reshape: Signature<[x: V], { shape: Shape }>
    /** output axis i is input axis perm[i] */
    transpose: Signature<[x: V], { perm: readonly number[] }>
    /** broadcast to `shape` */
    expand: Signature<[x: V], { shape: Shape }>
    cast: Signature<[x: V], { to: DType }>
    /** the input's shape as an int vector; folded away */
    shapeOf: Signature<[x: V], { start: number; end: number }>
  }
}

type Names = 'reshape' | 'transpose' | 'expand' | 'cast' | 'shapeOf'

/** Ops that move or rename numbers without computing. (ONNX Reshape, Transpose, Expand, Cast, Shape) */
export const shaping: Pick<OpTable, Names> = {
  /** The same numbers in row-major order under another shape. */
  reshape: {
    infer: ([x], { shape }) => {
      if (sizeOf(shape) !== sizeOf(x.shape))
        throw new CoreError('shape', `${formatShape(x.shape)} does not reshape to ${formatShape(shape)}`)
      return { shape, dtype: x.dtype }
    },
    vjp: (g, { inputs: [x] }, ct) => [() => g.reshape(ct, x.shape)],
    lower: { kind: 'alias' },
    evaluate: ([x]) => doubles(x),
  },

  /** y's axis i is x's axis perm[i]. */
  transpose: {
    infer: ([x], { perm }) => {
      const isPermutation = perm.length === x.shape.length && x.shape.every((_, axis) => perm.includes(axis))
      if (!isPermutation)
        throw new CoreError('shape', `[${perm}] does not permute the axes of ${formatShape(x.shape)}`)
      return { shape: permuted(x.shape, perm), dtype: x.dtype }
    },
    vjp: (g, { attrs: { perm } }, ct) => [
      () =>
        g.transpose(
          ct,
          perm.map((_, axis) => perm.indexOf(axis)),
        ),
    ],
    lower: {
      kind: 'steps',
      layout: 'any',
      steps: ({ inputs: [x], attrs: { perm }, output }, context) => {
        const from = { ref: context.ref(x), strides: permuted(context.strides(x), perm) }
        return [copyStep(output.shape, from, wholeOf(output, context))]
      },
    },
    evaluate: ([x], { perm }) => transposed(x, perm),
  },

  /** x repeated to `shape`, as in broadcasting. `differentiate` sums the cotangent back. */
  expand: {
    infer: ([x], { shape }) => {
      if (!sameShape(broadcastShapes(x.shape, shape), shape))
        throw new CoreError('shape', `${formatShape(x.shape)} does not expand to ${formatShape(shape)}`)
      return { shape, dtype: x.dtype }
    },
    vjp: (_, __, ct) => [() => ct],
    lower: {
      kind: 'steps',
      layout: 'follow',
      steps: ({ inputs: [x], output }, context) => {
        const from = { ref: context.ref(x), strides: stridesAs(x, output.shape, context) }
        return [copyStep(output.shape, from, wholeOf(output, context))]
      },
    },
    evaluate: ([x], _, { shape }) => broadcast(x, shape),
  },

  /** To int: towards zero; to bool: 1 where not 0. Only casts between floats carry a gradient. */
  cast: {
    infer: ([x], { to }) => ({ shape: x.shape, dtype: to }),
    vjp: (_, { inputs: [x], attrs: { to } }, ct) => [
      x.dtype === 'float' && to === 'float' ? () => ct : undefined,
    ],
    lower: {
      kind: 'steps',
      layout: 'follow',
      steps: ({ inputs: [x], attrs: { to }, output }, context) => {
        if (isLossy(x.dtype, to))
          throw new CoreError('unsupported', `a cast from ${x.dtype} to ${to} at run time`)
        return [copyStep(output.shape, wholeOf(x, context), wholeOf(output, context))]
      },
    },
    evaluate: ([x], { to }) =>
      to === 'int' ? map1(x, Math.trunc) : to === 'bool' ? map1(x, (v) => (v === 0 ? 0 : 1)) : doubles(x),
  },

  /** x's dimensions start..end−1 as an int vector. */
  shapeOf: {
    infer: ([x], { start, end }) => {
      if (start < 0 || end > x.shape.length || start > end)
        throw new CoreError('shape', `${formatShape(x.shape)} has no dimensions ${start}..${end}`)
      return { shape: [end - start], dtype: 'int' }
    },
    vjp: 'nonDifferentiable',
    lower: { kind: 'folded' },
    evaluate: ([x], { start, end }) => Float64Array.from(x.shape.slice(start, end)),
  },
}

/** Casts that change numbers: the kernels keep ints and bools as f32. */
const isLossy = (from: DType, to: DType): boolean =>
  (from === 'float' && to !== 'float') || (from === 'int' && to === 'bool')
