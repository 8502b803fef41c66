import { CoreError } from '../errors.ts'
import type { NoAttrs, Value, ValueType } from '../ir/graph.ts'
import { broadcastShapes, sizeOf } from '../ir/shape.ts'
import type { Tensor } from '../ir/tensor.ts'
import { binaryOps, unaryOps } from '../kernels/list.ts'
import type { LoweringContext, Step } from '../plan/lowering.ts'
import { map1, map2 } from '../reference/loops.ts'
import { axesInMemory, nest, stridesAs } from './strided.ts'

type UnaryKernel = (typeof unaryOps)[number]
type BinaryKernel = (typeof binaryOps)[number]
/** A kernel's op code with its parameters p and q. */
type Call<Name> = readonly [op: Name, p?: number, q?: number]
interface NodeOf<Inputs extends readonly Value[], Attrs> {
  readonly inputs: Inputs
  readonly attrs: Attrs
  readonly output: Value
}

/** All of a one-input elementwise op but its vjp: y = f(x) in the shape and dtype of x. */
export const pointwise = <Attrs = NoAttrs>(
  f: (x: number, attrs: Attrs) => number,
  kernel: (attrs: Attrs) => Call<UnaryKernel>,
) => ({
  infer: ([x]: readonly [ValueType]): ValueType => ({ shape: x.shape, dtype: x.dtype }),
  evaluate: ([x]: readonly [Tensor], attrs: Attrs): Float64Array => map1(x, (v) => f(v, attrs)),
  lower: {
    kind: 'steps',
    layout: 'follow',
    steps: ({ inputs: [x], attrs, output }: NodeOf<readonly [Value], Attrs>, context: LoweringContext) => {
      const [op, p = 0, q = 0] = kernel(attrs)
      return [unaryStep(op, x, output, context, p, q)]
    },
  } as const,
})

/** The type of two operands that broadcast. Throws `shape` when they do not, `unsupported` when their dtypes differ. */
export function broadcastType([a, b]: readonly [ValueType, ValueType]): ValueType {
  if (a.dtype !== b.dtype) throw new CoreError('unsupported', `operands of dtypes ${a.dtype} and ${b.dtype}`)
  return { shape: broadcastShapes(a.shape, b.shape), dtype: a.dtype }
}

/** All of a two-input elementwise op but its vjp: y = f(a, b), broadcast. */
export const pairwise = <Attrs = NoAttrs>(
  f: (a: number, b: number, attrs: Attrs) => number,
  kernel: (attrs: Attrs) => Call<BinaryKernel>,
  infer: (inputs: readonly [ValueType, ValueType]) => ValueType = broadcastType,
) => ({
  infer,
  evaluate: ([a, b]: readonly [Tensor, Tensor], attrs: Attrs, { shape }: ValueType): Float64Array =>
    map2(a, b, shape, (left, right) => f(left, right, attrs)),
  lower: {
    kind: 'steps',
    layout: 'follow',
    steps: ({ inputs, attrs, output }: NodeOf<readonly [Value, Value], Attrs>, context: LoweringContext) => [
      binaryStep(kernel(attrs), inputs, output, context),
    ],
  } as const,
})

/** out = f(x), both contiguous in the same layout. */
export const unaryStep = (
  op: UnaryKernel,
  x: Value,
  out: Value,
  context: LoweringContext,
  p = 0,
  q = 0,
): Step => ({
  kernel: 'unary',
  args: {
    x: context.ref(x),
    out: context.ref(out),
    length: sizeOf(out.shape),
    op: unaryOps.indexOf(op),
    p,
    q,
  },
})

/** out = f(a, b), each operand broadcast to `out`. */
export function binaryStep(
  [op, p = 0, q = 0]: Call<BinaryKernel>,
  [a, b]: readonly [Value, Value],
  out: Value,
  context: LoweringContext,
): Step {
  const strides = [stridesAs(a, out.shape, context), stridesAs(b, out.shape, context)]
  const loops = nest(out.shape, strides, axesInMemory(out, context))
  const [aStrides = [], bStrides = []] = loops.strides
  return {
    kernel: 'binary',
    args: {
      a: context.ref(a),
      b: context.ref(b),
      out: context.ref(out),
      op: binaryOps.indexOf(op),
      p,
      q,
      dims: loops.dims,
      aStrides,
      bStrides,
    },
  }
}
