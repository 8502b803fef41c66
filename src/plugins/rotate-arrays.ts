import { isBatch } from '../augment/layout.ts'
import { type StridedView, sameShape } from '../core/ir/shape.ts'
import { viewOf } from '../imaging/copy-elements.ts'
import type { RotatedFile, Rotating, Turn } from './rotating.ts'
import type { ArrayInput } from './rotation-inputs.ts'

/** All in one job: they are in memory already, and only moved. */
export async function rotateArrays(
  { request, place, format }: Rotating,
  arrays: readonly ArrayInput[],
  turn: Turn,
): Promise<RotatedFile[]> {
  const kind = format === 'json' ? 'json' : 'npy'
  let sample = 0
  const named = arrays.flatMap((array, i) => {
    const views = viewsOf(array).map((view) => turn(view, sample++))
    const name = arrays.length === 1 ? ['array'] : ['array', i]
    return gathered(array, views).map((piece) => ({
      ...piece,
      array,
      name: [...name, ...piece.name].join('-'),
    }))
  })
  const pieces = named.map(({ array: { file }, views, shape }) => ({
    source: file.data,
    elementBytes: file.elementBytes,
    views,
    as: { kind, shape, dtype: file.dtype } as const,
  }))
  const moved = arrays.flatMap(({ memory }) => memory ?? [])
  const { result, queueMs } = await place.rotate({ kind: 'rotate', pieces }, moved)
  request.timings.addAll({ queue: queueMs, ...result.timings })
  return named.map(({ name }, i) => ({
    name: `${name}.${kind}`,
    bytes: result.pieces[i] ?? new Uint8Array(),
  }))
}

/** An array's samples, each with all axes: the batch axis has one element. */
function viewsOf({ file, layout, count }: ArrayInput): StridedView[] {
  const whole = viewOf(file.shape, file.order)
  if (!isBatch(layout)) return [whole]
  const shape = [1, ...whole.shape.slice(1)]
  return Array.from({ length: count }, (_, i) => ({
    offset: i * (whole.strides[0] ?? 0),
    shape,
    strides: whole.strides,
  }))
}

/** Samples that become one array, with its shape and what tells its file from others of the same array. */
interface Gathered {
  readonly views: readonly StridedView[]
  readonly shape: readonly number[]
  readonly name: readonly (string | number)[]
}

/** The samples of an array as one array again, or, where they have no longer one shape, each as one of its own. */
function gathered({ file, layout }: ArrayInput, views: readonly StridedView[]): Gathered[] {
  const [first] = views
  if (!first) return [{ views, shape: file.shape, name: [] }]
  const isOne = views.every(({ shape }) => sameShape(shape, first.shape))
  if (!isOne) return views.map((view, i) => ({ views: [view], shape: view.shape, name: ['sample', i] }))
  const shape = isBatch(layout) ? [views.length, ...first.shape.slice(1)] : first.shape
  return [{ views, shape, name: [] }]
}
