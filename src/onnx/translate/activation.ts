import type { Value } from '../../core/ir/graph.ts'
import { sizeOf } from '../../core/ir/shape.ts'
import { malformed, unsupported } from '../errors.ts'
import type { FoldingBuilder } from '../folding-builder.ts'
import type { Call, Translators } from './call.ts'

const infinity = Number.POSITIVE_INFINITY

export const activation: Translators = {
  Relu: ({ g, x }) => g.emit('relu', [x], {}),
  LeakyRelu: ({ g, x, attrs }) => g.emit('leakyRelu', [x], { alpha: attrs.float('alpha', 0.01) }),
  PRelu: ({ g, all: [x, slope] }) => g.emit('prelu', [need(x), need(slope)], {}),
  Elu: ({ g, x, attrs }) => g.emit('elu', [x], { alpha: attrs.float('alpha', 1) }),
  Selu: ({ g, x, attrs }) => {
    const elu = g.emit('elu', [x], { alpha: attrs.float('alpha', 1.6732632423543772) })
    return g.mul(elu, g.scalar(attrs.float('gamma', 1.0507009873554805)))
  },
  Sigmoid: ({ g, x }) => g.emit('sigmoid', [x], {}),
  HardSigmoid: ({ g, x, attrs }) =>
    g.emit('hardSigmoid', [x], { alpha: attrs.float('alpha', 0.2), beta: attrs.float('beta', 0.5) }),
  HardSwish: ({ g, x }) => g.emit('hardSwish', [x], {}),
  Swish: ({ g, x, attrs }) => {
    const alpha = attrs.float('alpha', 1)
    return g.mul(x, g.emit('sigmoid', [alpha === 1 ? x : g.mul(x, g.scalar(alpha))], {}))
  },
  Mish: ({ g, x }) => g.mul(x, g.emit('tanh', [g.emit('softplus', [x], {})], {})),
  Tanh: ({ g, x }) => g.emit('tanh', [x], {}),
  Softplus: ({ g, x }) => g.emit('softplus', [x], {}),
  Gelu: ({ g, x, attrs }) => {
    const approximate = attrs.string('approximate', 'none')
    if (approximate !== 'none' && approximate !== 'tanh')
      throw malformed(`approximate is "${approximate}", not none or tanh`)
    return g.emit('gelu', [x], { approximate })
  },
  Clip: (call) => clip(call.g, call.x, call.number('min', 1, -infinity), call.number('max', 2, infinity)),
  /** With one operand that is not a single constant: a clip. */
  Max: (call) => extremum(call, Math.max, (bound) => [bound, infinity]),
  Min: (call) => extremum(call, Math.min, (bound) => [-infinity, bound]),
}

/** ONNX takes the maximum first: where min > max everything becomes max. */
const clip = (g: FoldingBuilder, x: Value, min: number, max: number): Value =>
  g.emit('clip', [x], { min: Math.min(min, max), max })

function extremum(
  { g, all }: Call,
  choose: (...values: number[]) => number,
  bounds: (bound: number) => [min: number, max: number],
): Value {
  const single = (value: Value): number | undefined => {
    const data = g.constantOf(value)
    return data && sizeOf(data.shape) === 1 ? data.data[0] : undefined
  }
  const known = all.map(single).filter((v) => v !== undefined)
  const [x, ...others] = all.filter((value) => single(value) === undefined)
  if (others.length > 0) throw unsupported('it compares several tensors; one and single constants are read')
  const first = x ?? need(all[0])
  return clip(g, first, ...bounds(choose(...known)))
}

function need(value: Value | undefined): Value {
  if (!value) throw malformed('an input is missing')
  return value
}
