import { CoreError } from '../errors.ts'
import type { ValueType } from '../ir/graph.ts'
import { broadcastShapes, formatShape, type Shape, sizeOf } from '../ir/shape.ts'
import type { Tensor } from '../ir/tensor.ts'
import { addProduct, broadcast, broadcastStrides, doubles, transposed, walk } from '../reference/loops.ts'
import { times } from './build.ts'
import { gemmSteps, matMulSteps } from './matmul-steps.ts'
import type { OpTable } from './op.ts'

declare module '../ir/graph.ts' {
  interface OpSignatures {
    /** NumPy's matmul over the last two axes, the others broadcast; both of rank ≥ 2 (the importer reshapes vectors) */
    matMul: Signature<[a: V, b: V], NoAttrs>
    /** alpha·A'·B' + beta·C with A' (m,k), B' (k,n), C broadcast to (m,n). ONNX Gemm. */
    gemm: Signature<[a: V, b: V, c?: V], { alpha: number; beta: number; transA: boolean; transB: boolean }>
  }
}

/** Matrix products. */
export const matmul: Pick<OpTable, 'matMul' | 'gemm'> = {
  /** y[…,i,j] = Σ a[…,i,p]·b[…,p,j] */
  matMul: {
    infer: ([a, b]) => {
      const [m, k] = matrixOf(a, 'a')
      const [inner, n] = matrixOf(b, 'b')
      if (k !== inner)
        throw new CoreError('shape', `${formatShape(a.shape)} · ${formatShape(b.shape)} do not fit`)
      const batch = broadcastShapes(a.shape.slice(0, -2), b.shape.slice(0, -2))
      return { shape: [...batch, m, n], dtype: a.dtype }
    },
    vjp: (g, { inputs: [a, b] }, ct) => [
      () => g.emit('matMul', [ct, g.transpose(b, swapLast(b.shape))], {}),
      () => g.emit('matMul', [g.transpose(a, swapLast(a.shape)), ct], {}),
    ],
    lower: { kind: 'steps', layout: 'row-major', steps: matMulSteps },
    evaluate: ([a, b], _, { shape }) => {
      const [m, k] = matrixOf(a, 'a')
      const [, n] = matrixOf(b, 'b')
      const batch = shape.slice(0, -2)
      const y = new Float64Array(sizeOf(shape))
      const strides = (t: Tensor) => ({ offset: 0, strides: broadcastStrides(t.shape.slice(0, -2), batch) })
      let at = 0
      walk(batch, strides(a), strides(b), (ia, ib) => {
        addProduct(y, at, doubles(a), ia * m * k, doubles(b), ib * k * n, [m, k, n])
        at += m * n
      })
      return y
    },
  },

  /** y = alpha·A'·B' + beta·C, A' and B' transposed where asked. (ONNX Gemm) */
  gemm: {
    infer: ([a, b, c], { transA, transB }) => {
      const [m, k] = orient(a, transA, 'a')
      const [inner, n] = orient(b, transB, 'b')
      if (a.shape.length !== 2 || b.shape.length !== 2 || k !== inner)
        throw new CoreError(
          'shape',
          `gemm of ${formatShape(a.shape)} and ${formatShape(b.shape)} does not fit`,
        )
      const shape = [m, n]
      if (c && formatShape(broadcastShapes(c.shape, shape)) !== formatShape(shape))
        throw new CoreError('shape', `${formatShape(c.shape)} does not broadcast to ${formatShape(shape)}`)
      return { shape, dtype: a.dtype }
    },
    vjp: (g, { inputs: [a, b], attrs: { alpha, beta, transA, transB } }, ct) => {
      const product = (left: typeof a, leftT: boolean, right: typeof a, rightT: boolean) =>
        g.emit('gemm', [left, right], { alpha, beta: 0, transA: leftT, transB: rightT })
      return [
        () => (transA ? product(b, transB, ct, true) : product(ct, false, b, !transB)),
        () => (transB ? product(ct, true, a, transA) : product(a, !transA, ct, false)),
        () => (beta === 1 ? ct : times(g, ct, beta)),
      ]
    },
    lower: { kind: 'steps', layout: 'row-major', steps: gemmSteps },
    evaluate: ([a, b, c], { alpha, beta, transA, transB }, { shape }) => {
      const [m, k] = orient(a, transA, 'a')
      const [, n] = orient(b, transB, 'b')
      const y = new Float64Array(m * n)
      addProduct(
        y,
        0,
        transA ? transposed(a, [1, 0]) : doubles(a),
        0,
        transB ? transposed(b, [1, 0]) : doubles(b),
        0,
        [m, k, n],
      )
      const addend = c && broadcast(c, shape)
      return y.map((v, i) => alpha * v + (addend ? beta * (addend[i] ?? 0) : 0))
    },
  },
}

/** The last two dimensions. Throws `shape` for a vector. */
function matrixOf({ shape }: ValueType, name: string): [rows: number, columns: number] {
  const [rows, columns] = shape.slice(-2)
  if (rows === undefined || columns === undefined)
    throw new CoreError('shape', `${name} must be a matrix, got ${formatShape(shape)}`)
  return [rows, columns]
}

function orient(t: ValueType, transpose: boolean, name: string): [number, number] {
  const [rows, columns] = matrixOf(t, name)
  return transpose ? [columns, rows] : [rows, columns]
}

const swapLast = (shape: Shape): number[] => {
  const last = shape.length - 1
  return shape.map((_, i) => (i === last ? last - 1 : i === last - 1 ? last : i))
}
