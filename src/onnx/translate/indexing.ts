import type { Value } from '../../core/ir/graph.ts'
import { dimAt, formatShape, isSymbolic, N, normalizeAxis } from '../../core/ir/shape.ts'
import { type Tensor, tensor } from '../../core/ir/tensor.ts'
import { malformed, unsupported } from '../errors.ts'
import { type FoldingBuilder, SAMPLE } from '../folding-builder.ts'
import type { Call, Translators } from './call.ts'

export const indexing: Translators = {
  Concat: ({ g, all, attrs }) => {
    const [first] = all
    return all.length === 1 && first ? first : g.emit('concat', all, { axis: attrs.int('axis') })
  },
  Gather: (call) => {
    const { g, x } = call
    const axis = normalizeAxis(call.attrs.int('axis', 0), x.shape.length)
    const indices = call.constant(1)
    if (!indices) throw malformed('it has no indices')
    const length = dimAt(x.shape, axis)
    if (isSymbolic(length)) return gatherPerSample(call, axis, indices)
    const positive = indices.data.map((i) => (i < 0 ? i + length : i))
    if (positive.some((i) => i < 0 || i >= length))
      throw malformed(`an index lies outside axis ${axis} of ${formatShape(x.shape)}`)
    const chosen = g.constant(tensor(indices.shape, positive, 'int'))
    return g.emit('gather', [x, chosen], { axis })
  },
  Slice: (call) => slice(call),
  Split: (call) => split(call),
  Pad: (call) => pad(call),
}

/**
 * From (k·N, …), what each sample's own k entries hold at the same offsets: torch flattens the batch and reads it with
 * strides so. The indices are k·sample + offset, or, in a file of one sample, just offset; either way (1, …).
 */
function gatherPerSample({ g, x, freedBatch }: Call, axis: number, { shape, data }: Tensor): Value {
  const k = (x.shape[0] ?? 0) / N
  const base = freedBatch === 1 ? 0 : k * SAMPLE
  const offsets = Float64Array.from(data, (index) => index - base)
  if (axis !== 0 || shape[0] !== 1 || !offsets.every((offset) => offset >= 0 && offset < k))
    throw unsupported('it chooses among the batch, which is free here')
  const samples = g.reshape(x, [N, k, ...x.shape.slice(1)])
  return g.emit('gather', [samples, g.constant(tensor(shape.slice(1), offsets, 'int'))], { axis: 1 })
}

/** One axis of a Slice: clamped start and number of elements. */
function clamp(dim: number, start: number, end: number, step: number): { start: number; length: number } {
  if (isSymbolic(dim)) {
    if (start !== 0 || step !== 1 || (end !== dim && end < 2 ** 31 - 1))
      throw unsupported('it takes a part of the batch, which is free here')
    return { start: 0, length: dim }
  }
  const from = start < 0 ? start + dim : start
  const to = end < 0 ? end + dim : end
  const [low, high] = step > 0 ? [0, dim] : [-1, dim - 1]
  const first = Math.min(Math.max(from, step > 0 ? 0 : Math.min(0, dim - 1)), high)
  const last = Math.min(Math.max(to, low), high)
  const length = Math.max(0, Math.ceil((last - first) / step))
  return { start: length === 0 ? 0 : first, length }
}

function slice(call: Call): Value {
  const { g, x } = call
  const starts = call.ints('starts', 1)
  const ends = call.ints('ends', 2)
  if (!starts || !ends) throw malformed('it has no starts or no ends')
  const axes = (call.ints('axes', 3) ?? starts.map((_, i) => i)).map((axis) =>
    normalizeAxis(axis, x.shape.length),
  )
  const steps = call.ints('steps', 4) ?? starts.map(() => 1)
  if ([ends, axes, steps].some((list) => list.length !== starts.length) || new Set(axes).size !== axes.length)
    throw malformed('its starts, ends, axes and steps do not belong together')
  const attrs = {
    starts: x.shape.map(() => 0),
    steps: x.shape.map(() => 1),
    lengths: [...x.shape],
  }
  axes.forEach((axis, i) => {
    const step = steps[i] ?? 1
    if (!Number.isSafeInteger(step) || step === 0) throw malformed(`a step of ${step}`)
    const { start, length } = clamp(dimAt(x.shape, axis), starts[i] ?? 0, ends[i] ?? 0, step)
    attrs.starts[axis] = start
    attrs.steps[axis] = length <= 1 && step < 0 ? 1 : step
    attrs.lengths[axis] = length
  })
  return part(g, x, attrs)
}

interface Part {
  readonly starts: readonly number[]
  readonly steps: readonly number[]
  readonly lengths: readonly number[]
}

/** The part of x, or x itself where that is all of it. */
function part(g: FoldingBuilder, x: Value, attrs: Part, name = ''): Value {
  const isWhole = attrs.lengths.every((length, axis) => length === x.shape[axis] && attrs.steps[axis] === 1)
  return isWhole ? x : g.emit('slice', [x], attrs, name)
}

function split(call: Call): readonly (Value | undefined)[] {
  const { g, x, used, outputs } = call
  const axis = normalizeAxis(call.attrs.int('axis', 0), x.shape.length)
  const dim = dimAt(x.shape, axis)
  if (isSymbolic(dim)) throw unsupported('it splits the batch, which is free here')
  const count = used.length
  const even = Math.ceil(dim / count)
  const sizes = call.ints('split', 1) ?? used.map((_, i) => Math.max(0, Math.min(even, dim - i * even)))
  if (sizes.length !== count || sizes.some((v) => v < 0) || sizes.reduce((a, b) => a + b, 0) !== dim)
    throw malformed(`[${sizes}] does not split an axis of ${dim} into ${count}`)
  let at = 0
  return sizes.map((length, i) => {
    const start = at
    at += length
    if (!used[i]) return undefined
    const attrs = {
      starts: x.shape.map((_, a) => (a === axis ? start : 0)),
      steps: x.shape.map(() => 1),
      lengths: x.shape.map((d, a) => (a === axis ? length : d)),
    }
    return part(g, x, attrs, outputs[i])
  })
}

function pad(call: Call): Value {
  const { g, x } = call
  const rank = x.shape.length
  const mode = call.attrs.string('mode', 'constant')
  if (mode !== 'constant' && mode !== 'reflect' && mode !== 'edge')
    throw unsupported(`its mode is ${mode}; constant, reflect and edge are read`)
  const given = call.ints('pads', 1)
  const axes = (call.ints('axes', 3) ?? x.shape.map((_, axis) => axis)).map((axis) =>
    normalizeAxis(axis, rank),
  )
  if (!given || given.length !== 2 * axes.length)
    throw malformed(`its pads [${given ?? ''}] are not two for each of ${axes.length} axes`)
  const pads = new Array<number>(2 * rank).fill(0)
  axes.forEach((axis, i) => {
    pads[axis] = given[i] ?? 0
    pads[rank + axis] = given[axes.length + i] ?? 0
  })
  const value = call.number('value', 2, 0)
  const cut = cropped(g, x, pads)
  const rest = pads.map((v) => Math.max(v, 0))
  return rest.every((v) => v === 0) ? cut : g.emit('pad', [cut], { pads: rest, mode, value })
}

/** Negative pads take away. */
function cropped(g: FoldingBuilder, x: Value, pads: readonly number[]): Value {
  const less = (i: number): number => Math.max(0, -(pads[i] ?? 0))
  const starts = x.shape.map((_, axis) => less(axis))
  return part(g, x, {
    starts,
    steps: x.shape.map(() => 1),
    lengths: x.shape.map((dim, axis) => dim - less(axis) - less(x.shape.length + axis)),
  })
}
