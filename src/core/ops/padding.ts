import { CoreError } from '../errors.ts'
import type { GraphBuilder } from '../ir/builder.ts'
import type { AttrsOf, Value, ValueType } from '../ir/graph.ts'
import { dimAt, formatShape, isSymbolic, type Shape, sizeOf, stridesOf } from '../ir/shape.ts'
import { tensor } from '../ir/tensor.ts'
import type { Op } from './op.ts'

/** x with a border: of one value, of its own mirror image (the edge not repeated), or of its edge. (ONNX Pad) */
export const pad: Op<'pad'> = {
  infer: ([x], { pads, mode }) => inferPad(x, pads, mode),
  vjp: (g, { inputs: [x], attrs }, ct) => [
    () => {
      const before = attrs.pads.slice(0, x.shape.length)
      if (attrs.mode === 'constant')
        return g.emit('slice', [ct], { starts: before, steps: ones(x.shape), lengths: x.shape })
      return paddedAxes(x.shape, attrs).reduceRight(
        (grad, { axis, indices }) =>
          g.emit('scatterAdd', [grad, indexConstant(g, indices)], { axis, length: dimAt(x.shape, axis) }),
        ct,
      )
    },
  ],
  lower: { kind: 'decompose', expand: (g, { inputs: [x], attrs }) => decomposePad(g, x, attrs) },
  evaluate: ([x], { pads, mode, value }, { shape }) => {
    const rank = shape.length
    const out = new Float64Array(sizeOf(shape))
    const sources = shape.map((length, axis) =>
      Array.from({ length }, (_, i) => source(i - (pads[axis] ?? 0), x.shape[axis] ?? 1, mode)),
    )
    const from = stridesOf(x.shape)
    const to = stridesOf(shape)
    const write = (axis: number, read: number, at: number): void => {
      if (axis === rank) out[at] = read < 0 ? value : (x.data[read] ?? 0)
      else
        sources[axis]?.forEach((s, i) => {
          const next = s === undefined || read < 0 ? -1 : read + s * (from[axis] ?? 1)
          write(axis + 1, next, at + i * (to[axis] ?? 1))
        })
    }
    write(0, 0, 0)
    return out
  },
}

const ones = (shape: Shape): number[] => shape.map(() => 1)

type PadAttrs = AttrsOf<'pad'>

function inferPad(x: ValueType, pads: readonly number[], mode: PadAttrs['mode']): ValueType {
  const rank = x.shape.length
  const shape = x.shape.map((dim, axis) => {
    const [before, after] = [pads[axis] ?? -1, pads[rank + axis] ?? -1]
    const most = mode === 'reflect' ? dim - 1 : mode === 'edge' && dim === 0 ? 0 : Number.POSITIVE_INFINITY
    const fits = isSymbolic(dim)
      ? before === 0 && after === 0
      : Math.min(before, after) >= 0 && Math.max(before, after) <= most
    if (!fits || pads.length !== 2 * rank)
      throw new CoreError('shape', `pads [${pads}] (${mode}) do not fit ${formatShape(x.shape)}`)
    return dim + before + after
  })
  return { shape, dtype: x.dtype }
}

/** The position that padded position `i` (negative before the input) shows, or `undefined` for the constant. */
function source(i: number, size: number, mode: PadAttrs['mode']): number | undefined {
  if (i >= 0 && i < size) return i
  if (mode === 'constant') return undefined
  if (mode === 'edge') return i < 0 ? 0 : size - 1
  return i < 0 ? -i : 2 * (size - 1) - i
}

/** The padded axes, and for each the positions that its padded positions show. */
const paddedAxes = (shape: Shape, { pads, mode }: PadAttrs): { axis: number; indices: number[] }[] =>
  shape.flatMap((size, axis) => {
    const [before, after] = [pads[axis] ?? 0, pads[shape.length + axis] ?? 0]
    if (before + after === 0) return []
    const indices = Array.from(
      { length: before + size + after },
      (_, i) => source(i - before, size, mode) ?? 0,
    )
    return [{ axis, indices }]
  })

const indexConstant = (g: GraphBuilder, indices: readonly number[]): Value =>
  g.constant(tensor([indices.length], indices, 'int'))

/** Zeros around x are an `unslice`; another constant is joined on; reflect and edge gather along each padded axis. */
function decomposePad(g: GraphBuilder, x: Value, attrs: PadAttrs): Value {
  const { pads, mode, value } = attrs
  const rank = x.shape.length
  const axes = paddedAxes(x.shape, { ...attrs, mode: mode === 'constant' ? 'edge' : mode })
  if (mode !== 'constant')
    return axes.reduce(
      (y, { axis, indices }) => g.emit('gather', [y, indexConstant(g, indices)], { axis }),
      x,
    )
  if (value === 0) {
    const sizes = x.shape.map((dim, axis) => dim + (pads[axis] ?? 0) + (pads[rank + axis] ?? 0))
    return g.emit('unslice', [x], { starts: pads.slice(0, rank), steps: ones(x.shape), sizes })
  }
  return axes.reduce((y, { axis }) => {
    const border = (length: number): Value[] =>
      length === 0
        ? []
        : [
            g.expand(
              g.constant(tensor([], [value], x.dtype)),
              y.shape.map((dim, a) => (a === axis ? length : dim)),
            ),
          ]
    const parts = [...border(pads[axis] ?? 0), y, ...border(pads[rank + axis] ?? 0)]
    return g.emit('concat', parts, { axis })
  }, x)
}
