import type { AnyNode, Node, OpName, Value } from '../core/ir/graph.ts'
import { presentInputs } from '../core/ir/graph.ts'
import { turnsOf } from '../core/ir/rotation.ts'
import { isSymbolic, normalizeAxis } from '../core/ir/shape.ts'
import { unsupported } from './errors.ts'
import { type AttributeValues, float, int, ints } from './messages.ts'

/** What nodes of an ONNX graph are written with. */
export interface NodeWriter {
  readonly nameOf: (value: Value) => string
  /** Writes a node; answers its output: `output`, or a new name. */
  readonly node: (
    op: string,
    inputs: readonly string[],
    options?: { readonly attributes?: AttributeValues; readonly output?: string },
  ) => string
  /** Writes an initialiser of int64; answers its name. */
  readonly longs: (numbers: readonly number[]) => string
}

/** Ops that ONNX has with the same inputs, and no attributes. */
const plain: { readonly [K in OpName]?: string } = {
  add: 'Add',
  sub: 'Sub',
  mul: 'Mul',
  div: 'Div',
  relu: 'Relu',
  sigmoid: 'Sigmoid',
  tanh: 'Tanh',
  softplus: 'Softplus',
  prelu: 'PRelu',
  globalAveragePool: 'GlobalAveragePool',
  globalMaxPool: 'GlobalMaxPool',
}

/**
 * A node of the core as one of ONNX, or as several; answers the name of its output. Throws OnnxError `unsupported` for an
 * op that files are not written with.
 */
export function writeNode(node: AnyNode, writer: NodeWriter): string {
  const inputs = presentInputs(node).map(writer.nameOf)
  const output = writer.nameOf(node.output)
  const write = (op: string, attributes: AttributeValues, given = inputs): string =>
    writer.node(op, given, { attributes, output })
  switch (node.op) {
    case 'conv': {
      const { groups, ...window } = node.attrs
      return write('Conv', { ...windowAttributes(window), group: int(groups) })
    }
    case 'gemm': {
      const { alpha, beta, transA, transB } = node.attrs
      return write('Gemm', {
        alpha: float(alpha),
        beta: float(beta),
        transA: int(transA ? 1 : 0),
        transB: int(transB ? 1 : 0),
      })
    }
    case 'batchNorm':
      return write('BatchNormalization', { epsilon: float(node.attrs.epsilon) })
    case 'leakyRelu':
      return write('LeakyRelu', { alpha: float(node.attrs.alpha) })
    case 'softmax':
      return write('Softmax', { axis: int(node.attrs.axis) })
    case 'concat':
      return write('Concat', { axis: int(node.attrs.axis) })
    case 'maxPool':
      return write('MaxPool', poolAttributes(node.attrs))
    case 'averagePool': {
      const { countIncludePad } = node.attrs
      return write('AveragePool', {
        ...poolAttributes(node.attrs),
        count_include_pad: int(countIncludePad ? 1 : 0),
      })
    }
    case 'reshape':
      return write('Reshape', {}, [...inputs, writer.longs(reshapeTarget(node))])
    case 'transpose':
      return write('Transpose', { perm: ints(node.attrs.perm) })
    case 'rot90':
      return writeTurns(node, writer)
    default: {
      const op = plain[node.op]
      if (op === undefined)
        throw unsupported(`the value "${output}" is computed by ${node.op}, which is not written to files`)
      return write(op, {})
    }
  }
}

const windowAttributes = ({
  strides,
  dilations,
  pads,
}: Pick<Node<'conv'>['attrs'], 'strides' | 'dilations' | 'pads'>): AttributeValues => ({
  strides: ints(strides),
  dilations: ints(dilations),
  pads: ints(pads),
})

const poolAttributes = (attrs: Node<'maxPool'>['attrs']): AttributeValues => ({
  ...windowAttributes(attrs),
  kernel_shape: ints(attrs.kernel),
  ceil_mode: int(attrs.ceilMode ? 1 : 0),
})

/** The free batch is what the other dimensions leave. */
function reshapeTarget({ attrs, output }: Node<'reshape'>): readonly number[] {
  if (attrs.shape.filter(isSymbolic).length > 1)
    throw unsupported(`the value "${output.name}" has the batch in two dimensions`)
  return attrs.shape.map((dim) => (isSymbolic(dim) ? -1 : dim))
}

/** ONNX's Slice goes backwards to before the first element with this as its end. */
const BEFORE_FIRST = -(2 ** 31)

/** ONNX has no rotations: axes exchanged and reversed, as numpy.rot90 does it. */
function writeTurns({ inputs: [x], attrs, output }: Node<'rot90'>, writer: NodeWriter): string {
  const rank = x.shape.length
  const [a, b] = [normalizeAxis(attrs.axes[0], rank), normalizeAxis(attrs.axes[1], rank)]
  const last = { output: writer.nameOf(output) }
  const reverse = (from: string, axes: readonly number[], to: { output?: string }): string =>
    writer.node(
      'Slice',
      [
        from,
        writer.longs(axes.map(() => -1)),
        writer.longs(axes.map(() => BEFORE_FIRST)),
        writer.longs(axes),
        writer.longs(axes.map(() => -1)),
      ],
      to,
    )
  const exchange = (from: string, to: { output?: string }): string => {
    const perm = x.shape.map((_, axis) => (axis === a ? b : axis === b ? a : axis))
    return writer.node('Transpose', [from], { ...to, attributes: { perm: ints(perm) } })
  }
  const from = writer.nameOf(x)
  switch (turnsOf(attrs.k)) {
    case 1:
      return exchange(reverse(from, [b], {}), last)
    case 2:
      return reverse(from, [a, b], last)
    case 3:
      return reverse(exchange(from, {}), [b], last)
    default:
      return writer.node('Identity', [from], last)
  }
}
