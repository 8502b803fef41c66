import type { Value } from '../../core/ir/graph.ts'
import { normalizeAxis, sizeOf } from '../../core/ir/shape.ts'
import type { Call, Translators } from './call.ts'

export const softmax: Translators = {
  Softmax: (call) => along(call, 'softmax'),
  LogSoftmax: (call) => along(call, 'logSoftmax'),
}

/** Before opset 13 all axes from `axis` on are one; from then on it is a single axis. */
function along({ g, x, attrs, opset }: Call, op: 'softmax' | 'logSoftmax'): Value {
  const rank = x.shape.length
  if (opset >= 13) return g.emit(op, [x], { axis: normalizeAxis(attrs.int('axis', -1), rank) })
  const axis = rank === 1 ? 0 : normalizeAxis(attrs.int('axis', 1), rank)
  if (axis === rank - 1) return g.emit(op, [x], { axis })
  const flat = g.reshape(x, [sizeOf(x.shape.slice(0, axis)), sizeOf(x.shape.slice(axis))])
  return g.reshape(g.emit(op, [flat], { axis: 1 }), x.shape)
}
