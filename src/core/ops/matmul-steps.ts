import type { Node, Value } from '../ir/graph.ts'
import { type Shape, sizeOf } from '../ir/shape.ts'
import type { LoweringContext, PackedRef, Ref, Step } from '../plan/lowering.ts'
import { broadcastStrides, walk } from '../reference/loops.ts'
import { binaryStep } from './elementwise.ts'
import { plainEpilogue } from './epilogue.ts'
import { copyStep } from './strided.ts'
import { windowArgs } from './window.ts'

/** One product of the dense kernel: `rows` rows of `k` numbers times packed weights (k,n). */
function productStep(
  x: Ref,
  w: PackedRef,
  out: Ref,
  [rows, k, n]: readonly [number, number, number],
  bias: Ref | undefined,
): Step {
  const window = { strides: [1, 1], dilations: [1, 1], pads: [0, 0, 0, 0] } as const
  const args = windowArgs(1, [1, rows], [1, rows], [1, 1], window)
  return {
    kernel: 'conv',
    args: {
      x,
      w,
      out,
      ...args,
      groups: 1,
      inPerGroup: k,
      outPerGroup: n,
      transposed: 0,
      turned: 0,
      sparse: 0,
      bias,
      ...plainEpilogue,
    },
  }
}

/** Weights (k,n) from element `offset` of `source` on. */
const packed = (
  source: Value,
  offset: number,
  [k, n]: readonly [number, number],
  [kStride, nStride]: readonly [number, number],
): PackedRef => ({
  source,
  packing: {
    kind: 'columns',
    offset,
    groups: 1,
    taps: 1,
    k,
    n,
    groupStride: 0,
    tapStride: 0,
    kStride,
    nStride,
  },
})

const lastTwo = (list: readonly number[]): [number, number] => [list.at(-2) ?? 1, list.at(-1) ?? 1]

/** One step when b is one matrix for all rows of a, else one for each pair of matrices. */
export function matMulSteps({ inputs: [a, b], output }: Node<'matMul'>, context: LoweringContext): Step[] {
  const [m, k] = lastTwo(a.shape)
  const [, n] = lastTwo(b.shape)
  const strides = lastTwo(context.strides(b))
  const batch = output.shape.slice(0, -2)
  if (sizeOf(b.shape.slice(0, -2)) === 1) {
    // b may have more axes than a, all of size 1: the rows are a's.
    const rows = sizeOf(a.shape.slice(0, -1))
    return [
      productStep(
        context.ref(a),
        packed(b, 0, [k, n], strides),
        context.ref(output),
        [rows, k, n],
        undefined,
      ),
    ]
  }
  const steps: Step[] = []
  const view = (shape: Shape) => ({ offset: 0, strides: broadcastStrides(shape.slice(0, -2), batch) })
  walk(batch, view(a.shape), view(b.shape), (ia, ib) => {
    const w = packed(b, ib * k * n, [k, n], strides)
    const out = context.ref(output, steps.length * m * n)
    steps.push(productStep(context.ref(a, ia * m * k), w, out, [m, k, n], undefined))
  })
  return steps
}

/** Whether C is the kernel's bias: one row, unscaled. */
const isBias = ({ inputs: [, , c], attrs: { alpha, beta }, output }: Node<'gemm'>): boolean =>
  c !== undefined &&
  alpha === 1 &&
  beta === 1 &&
  c.shape.at(-1) === output.shape[1] &&
  sizeOf(c.shape) === output.shape[1]

/** Whether a gemm is one dense step, which an epilogue may follow. */
export const isPlainGemm = (node: Node<'gemm'>): boolean =>
  node.attrs.alpha === 1 && (!node.inputs[2] || node.attrs.beta === 0 || isBias(node))

/**
 * The product, with C as its bias when it is one unscaled row; otherwise alpha, beta and C follow as elementwise steps
 * over the output in place.
 */
export function gemmSteps(node: Node<'gemm'>, context: LoweringContext): Step[] {
  const { inputs, attrs, output } = node
  const [a, b, c] = inputs
  const { alpha, beta, transA, transB } = attrs
  const [m, n] = lastTwo(output.shape)
  const [bRow, bColumn] = lastTwo(context.strides(b))
  const k = a.shape[transA ? 0 : 1] ?? 1
  const steps: Step[] = []
  let left = a
  if (transA) {
    left = context.temporary([m, k])
    const [row, column] = lastTwo(context.strides(a))
    const from = { ref: context.ref(a), strides: [column, row] }
    steps.push(copyStep([m, k], from, { ref: context.ref(left), strides: [k, 1] }))
  }
  const w = packed(b, 0, [k, n], transB ? [bColumn, bRow] : [bRow, bColumn])
  const bias = c && isBias(node) ? context.ref(c) : undefined
  steps.push(productStep(context.ref(left), w, context.ref(output), [m, k, n], bias))
  if (alpha !== 1) steps.push(...scaleSteps(output, alpha, output, context))
  if (c && !bias && beta !== 0) {
    const scaled = beta === 1 ? c : context.temporary(c.shape)
    if (scaled !== c) steps.push(...scaleSteps(c, beta, scaled, context))
    steps.push(binaryStep(['add'], [output, scaled], output, context))
  }
  return steps
}

/** out = factor·x; `out` may be x. */
function scaleSteps(x: Value, factor: number, out: Value, context: LoweringContext): Step[] {
  const scale = context.temporary([1])
  return [
    { kernel: 'fill', args: { out: context.ref(scale), length: 1, value: factor } },
    binaryStep(['mul'], [x, scale], out, context),
  ]
}
