import { CoreError } from '../errors.ts'
import type { GraphBuilder } from '../ir/builder.ts'
import type { NoAttrs, Signature, V, Value } from '../ir/graph.ts'
import { broadcastShapes, sizeOf } from '../ir/shape.ts'
import { broadcast } from '../reference/loops.ts'
import { plus, times, where } from './build.ts'
import { broadcastType, pairwise } from './elementwise.ts'
import type { OpTable } from './op.ts'
import { axesInMemory, nest, stridesAs } from './strided.ts'

type Binary<Attrs = NoAttrs> = Signature<[a: V, b: V], Attrs>

declare module '../ir/graph.ts' {
  /** NumPy broadcasting throughout. */
  interface OpSignatures {
    add: Binary
    sub: Binary
    mul: Binary
    div: Binary
    pow: Binary
    /** 1 where a = b, else 0, as bool */
    equal: Binary
    /** a where the condition is not 0, else b */
    where: Signature<[condition: V, a: V, b: V]>
  }
}

type Names = 'add' | 'sub' | 'mul' | 'div' | 'pow' | 'equal' | 'where'

/** Two tensors, elementwise, each broadcast to the other. (ONNX ops of the same names) */
export const arithmetic: Pick<OpTable, Names> = {
  /** y = a + b */
  add: {
    ...pairwise(
      (a, b) => a + b,
      () => ['add'],
    ),
    vjp: (_, __, ct) => [() => ct, () => ct],
  },

  /** y = a − b */
  sub: {
    ...pairwise(
      (a, b) => a - b,
      () => ['sub'],
    ),
    vjp: (g, _, ct) => [() => ct, () => g.neg(ct)],
  },

  /** y = a·b */
  mul: {
    ...pairwise(
      (a, b) => a * b,
      () => ['mul'],
    ),
    vjp: (g, { inputs: [a, b] }, ct) => [() => g.mul(ct, b), () => g.mul(ct, a)],
  },

  /** y = a/b. The vjp for b reads y. Whole numbers divide without rest, as in ONNX. */
  div: {
    ...pairwise(
      (a, b) => a / b,
      () => ['div'],
    ),
    evaluate: ([a, b], _, { shape, dtype }) => {
      const left = broadcast(a, shape)
      const right = broadcast(b, shape)
      const divide = (i: number): number => (left[i] ?? 0) / (right[i] ?? 0)
      const whole = dtype === 'int'
      return Float64Array.from(left, (_, i) => (whole ? Math.trunc(divide(i)) : divide(i)))
    },
    vjp: (g, { inputs: [, b], output: y }, ct) => [() => g.div(ct, b), () => g.neg(g.div(g.mul(ct, y), b))],
  },

  /** y = aᵇ in the dtype of a, 1 for a = 1 whatever b is. The gradient in a is 0 where b = 0; that in b is 0 where a = 0, as in PyTorch. */
  pow: {
    ...pairwise(
      // JavaScript alone answers NaN for 1^±∞ and 1^NaN; C, NumPy and PyTorch answer 1.
      (a, b) => (a === 1 ? 1 : a ** b),
      () => ['pow'],
      ([a, b]) => ({ shape: broadcastShapes(a.shape, b.shape), dtype: a.dtype }),
    ),
    vjp: (g, { inputs: [a, b], output: y }, ct) => [
      () => powInBase(g, a, b, ct),
      () => {
        const zero = g.emit('equal', [a, g.scalar(0)], {})
        return g.mul(
          ct,
          where(g, zero, g.scalar(0), g.mul(y, g.emit('log', [where(g, zero, g.scalar(1), a)], {}))),
        )
      },
    ],
  },

  /** y = 1 where a = b, else 0 (bool). Constant almost everywhere. */
  equal: {
    ...pairwise(
      (a, b) => (a === b ? 1 : 0),
      () => ['equal'],
      (inputs) => ({ shape: broadcastType(inputs).shape, dtype: 'bool' }),
    ),
    vjp: 'nonDifferentiable',
  },

  /** y = a where the condition is not 0, else b */
  where: {
    infer: ([condition, a, b]) => {
      if (a.dtype !== b.dtype) throw new CoreError('unsupported', `where of dtypes ${a.dtype} and ${b.dtype}`)
      return { shape: broadcastShapes(condition.shape, broadcastShapes(a.shape, b.shape)), dtype: a.dtype }
    },
    vjp: (g, { inputs: [condition] }, ct) => [
      undefined,
      () => where(g, condition, ct, g.scalar(0)),
      () => where(g, condition, g.scalar(0), ct),
    ],
    evaluate: ([condition, a, b], _, { shape }) => {
      const yes = broadcast(a, shape)
      const no = broadcast(b, shape)
      return broadcast(condition, shape).map((c, i) => (c !== 0 ? yes[i] : no[i]) ?? 0)
    },
    lower: {
      kind: 'steps',
      layout: 'follow',
      steps: ({ inputs, output }, context) => {
        const [condition, a, b] = inputs
        const strides = inputs.map((v) => stridesAs(v, output.shape, context))
        const loops = nest(output.shape, strides, axesInMemory(output, context))
        const [conditionStrides = [], aStrides = [], bStrides = []] = loops.strides
        return [
          {
            kernel: 'select',
            args: {
              condition: context.ref(condition),
              a: context.ref(a),
              b: context.ref(b),
              out: context.ref(output),
              dims: loops.dims,
              conditionStrides,
              aStrides,
              bStrides,
            },
          },
        ]
      },
    },
  },
}

/** ct·b·a^(b−1), shorter for the constant exponents that networks have. */
function powInBase(g: GraphBuilder, a: Value, b: Value, ct: Value): Value {
  const known = g.constantOf(b)
  const exponent = known && sizeOf(known.shape) === 1 ? known.data[0] : undefined
  if (exponent === 2) return g.mul(ct, times(g, a, 2))
  const slope = g.mul(b, g.emit('pow', [a, plus(g, b, -1)], {}))
  if (exponent !== undefined && exponent !== 0) return g.mul(ct, slope)
  return g.mul(ct, where(g, g.emit('equal', [b, g.scalar(0)], {}), g.scalar(0), slope))
}
