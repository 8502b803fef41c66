import type { Value } from '../../core/ir/graph.ts'
import type { Call, Translators } from './call.ts'

export const matmul: Translators = {
  Gemm: (call) => {
    const { g, attrs } = call
    const c = call.inputs[2]
    return g.emit('gemm', [call.input(0), call.input(1), ...(c ? ([c] as const) : ([] as const))], {
      alpha: attrs.float('alpha', 1),
      beta: attrs.float('beta', 1),
      transA: attrs.int('transA', 0) !== 0,
      transB: attrs.int('transB', 0) !== 0,
    })
  },
  MatMul: (call) => product(call, call.input(0), call.input(1)),
}

/** NumPy's matmul: a vector on the left is a row, on the right a column, and its axis is dropped again. */
function product({ g }: Call, a: Value, b: Value): Value {
  const left = a.shape.length === 1 ? g.reshape(a, [1, ...a.shape]) : a
  const right = b.shape.length === 1 ? g.reshape(b, [...b.shape, 1]) : b
  const y = g.emit('matMul', [left, right], {})
  const batch = y.shape.slice(0, -2)
  const matrix = [
    ...(a.shape.length === 1 ? [] : y.shape.slice(-2, -1)),
    ...(b.shape.length === 1 ? [] : y.shape.slice(-1)),
  ]
  return g.reshape(y, [...batch, ...matrix])
}
