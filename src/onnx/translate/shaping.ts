import type { Value } from '../../core/ir/graph.ts'
import {
  broadcastShapes,
  formatShape,
  isSymbolic,
  N,
  normalizeAxis,
  type Shape,
  sizeOf,
} from '../../core/ir/shape.ts'
import type { DType } from '../../core/ir/tensor.ts'
import { malformed, unsupported } from '../errors.ts'
import { MAX_RANK } from '../folding-builder.ts'
import { dtypeOf } from '../tensors.ts'
import type { Call, Translators } from './call.ts'
import { sortedAxes } from './reduce.ts'

const identity = ({ x }: Call): Value => x

export const shaping: Translators = {
  Identity: identity,
  Dropout: (call) => {
    const training = call.constant(2)
    if (training && training.data[0] !== 0) throw unsupported('it is in training mode')
    if (call.used[1]) throw unsupported('its mask is read')
    return call.x
  },
  Cast: (call) => cast(call, dtypeOf(call.attrs.int('to'))),
  CastLike: (call) => cast(call, call.input(1).dtype),
  Reshape: (call) => {
    const target = call.ints('shape', 1)
    if (!target) throw malformed('it has no shape')
    return call.g.reshape(call.x, reshaped(call, target))
  },
  Flatten: ({ g, x, attrs }) => {
    const axis = attrs.int('axis', 1)
    const at = axis === x.shape.length ? axis : normalizeAxis(axis, x.shape.length)
    return g.reshape(x, [sizeOf(x.shape.slice(0, at)), sizeOf(x.shape.slice(at))])
  },
  Squeeze: (call) => {
    const { g, x } = call
    const given = call.ints('axes', 1)
    const axes = given
      ? sortedAxes(given, x.shape.length)
      : x.shape.flatMap((dim, axis) => (dim === 1 ? [axis] : []))
    const bad = axes.find((axis) => x.shape[axis] !== 1)
    if (bad !== undefined) throw malformed(`axis ${bad} of ${formatShape(x.shape)} is not 1`)
    return g.reshape(
      x,
      x.shape.filter((_, axis) => !axes.includes(axis)),
    )
  },
  Unsqueeze: (call) => {
    const { g, x } = call
    const given = call.ints('axes', 1)
    if (!given) throw malformed('it has no axes')
    const rank = x.shape.length + given.length
    if (rank > MAX_RANK) throw unsupported(`its result has ${rank} axes, more than ${MAX_RANK}`)
    const axes = sortedAxes(given, rank)
    const dims = [...x.shape]
    for (const axis of axes) dims.splice(axis, 0, 1)
    return g.reshape(x, dims)
  },
  Transpose: ({ g, x, attrs }) =>
    g.transpose(x, attrs.ints('perm', x.shape.map((_, axis) => axis).reverse())),
  Expand: (call) => {
    const target = call.ints('shape', 1)
    if (!target) throw malformed('it has no shape')
    checkDims(target)
    return call.g.expand(call.x, broadcastShapes(call.x.shape, target))
  },
  Tile: (call) => {
    const repeats = call.ints('repeats', 1)
    if (!repeats) throw malformed('it has no repeats')
    return tiled(call, repeats)
  },
}

function cast({ g, x }: Call, to: DType | undefined): Value {
  if (!to) throw unsupported('it casts to a data type that is not read')
  return x.dtype === to ? x : g.emit('cast', [x], { to })
}

function checkDims(dims: readonly number[]): void {
  if (!dims.every((dim) => isSymbolic(dim) || (Number.isSafeInteger(dim) && dim >= 0)))
    throw malformed(`[${dims}] is no shape`)
}

/**
 * The target with 0 (keep) and −1 (the rest) resolved. Where the file fixes the batch and it is free here, a target that
 * begins with the file's batch begins with `N`.
 */
function reshaped(call: Call, target: readonly number[]): Shape {
  const { x, attrs, freedBatch } = call
  const keepsZero = attrs.int('allowzero', 0) !== 0
  const kept = target.map((dim, axis) => (dim === 0 && !keepsZero ? (x.shape[axis] ?? 0) : dim))
  const [first, ...rest] = kept
  const freed = freedBatch !== undefined && first === freedBatch && x.shape[0] === N ? [N, ...rest] : kept
  const open = freed.filter((dim) => dim === -1).length
  if (open > 1) throw malformed(`the shape [${target}] leaves more than one dimension open`)
  checkDims(freed.filter((dim) => dim !== -1))
  const known = sizeOf(freed.filter((dim) => dim !== -1))
  const missing = known === 0 ? 0 : sizeOf(x.shape) / known
  return freed.map((dim) => (dim === -1 ? checkRest(missing, x.shape, target) : dim))
}

function checkRest(dim: number, from: Shape, target: readonly number[]): number {
  if (isSymbolic(dim) || (Number.isInteger(dim) && dim >= 0)) return dim
  throw malformed(`${formatShape(from)} does not reshape to [${target}]`)
}

/** Each axis repeated as a whole: (d) → (1,d) → (r,d) → (r·d). */
function tiled({ g, x }: Call, repeats: readonly number[]): Value {
  if (repeats.length !== x.shape.length)
    throw malformed(`${repeats.length} repeats for ${x.shape.length} axes`)
  checkDims(repeats)
  const pairs = x.shape.map((dim, axis): [number, number] => [repeats[axis] ?? 1, dim])
  const split = g.reshape(
    x,
    pairs.flatMap(([, dim]) => [1, dim]),
  )
  return g.reshape(
    g.expand(split, pairs.flat()),
    pairs.map(([repeat, dim]) => repeat * dim),
  )
}
