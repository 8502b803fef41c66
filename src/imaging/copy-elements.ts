import { type StridedView, sizeOf, stridesOf } from '../core/ir/shape.ts'

/** How the elements of an array lie in memory: `C` with the last index running fastest, `F` with the first. */
export type ElementOrder = 'C' | 'F'

/** All elements of an array. */
export function viewOf(shape: readonly number[], order: ElementOrder): StridedView {
  const strides = order === 'C' ? stridesOf(shape) : shape.map((_, axis) => sizeOf(shape.slice(0, axis)))
  return { offset: 0, shape, strides }
}

/** A run of bytes that is long enough for the engine's own copy. */
const LONG_RUN = 64

/**
 * The elements of a view, of 1, 2, 4 or 8 bytes each, one after the other. Bytes are moved, never read as numbers: every
 * NaN and every integer stays what it is. The view must lie in `source`.
 */
export function copyElements(source: Uint8Array, elementBytes: number, view: StridedView): Uint8Array {
  const copied = new Uint8Array(sizeOf(view.shape) * elementBytes)
  copyElementsInto(copied, source, elementBytes, view)
  return copied
}

/** The same into memory that begins at a multiple of an element's size. */
export function copyElementsInto(
  target: Uint8Array,
  source: Uint8Array,
  elementBytes: number,
  view: StridedView,
): void {
  if (sizeOf(view.shape) === 0) return
  const unit = elementBytes === 8 ? 4 : elementBytes
  const { offset, shape, strides } = merged(elementBytes === 8 ? inHalves(view) : view)
  const from = unitsOf(source, unit)
  const to = unitsOf(target, unit)

  const rows = shape.at(-2) ?? 1
  const columns = shape.at(-1) ?? 1
  const down = strides.at(-2) ?? 0
  const across = strides.at(-1) ?? 0
  const isLongRun = across === 1 && columns * unit >= LONG_RUN
  let at = 0
  const walk = (axis: number, start: number): void => {
    if (axis < shape.length - 2) {
      const stride = strides[axis] ?? 0
      for (let i = 0; i < (shape[axis] ?? 1); i++) walk(axis + 1, start + i * stride)
      return
    }
    for (let row = 0, first = start; row < rows; row++, first += down, at += columns)
      if (isLongRun) to.set(from.subarray(first, first + columns), at)
      else
        for (let column = 0; column < columns; column++) to[at + column] = from[first + column * across] ?? 0
  }
  walk(0, offset)
}

/** Elements of 8 bytes as pairs of 4: a double in a register need not keep the bits of a NaN. */
const inHalves = ({ offset, shape, strides }: StridedView): StridedView => ({
  offset: 2 * offset,
  shape: [...shape, 2],
  strides: [...strides.map((stride) => 2 * stride), 1],
})

/** The same view with as few axes as it takes: those of one element are left out, those that follow on are one. */
function merged({ offset, shape, strides }: StridedView): StridedView {
  const sizes: number[] = []
  const steps: number[] = []
  shape.forEach((size, axis) => {
    if (size === 1) return
    const stride = strides[axis] ?? 0
    if (steps.at(-1) === stride * size) {
      sizes.push((sizes.pop() ?? 1) * size)
      steps.pop()
    } else sizes.push(size)
    steps.push(stride)
  })
  return { offset, shape: sizes, strides: steps }
}

/** Bytes by twos or fours; copied where they do not begin at a multiple of that. */
function unitsOf(bytes: Uint8Array, unit: number): Uint8Array | Uint16Array | Uint32Array {
  if (unit === 1) return bytes
  const { buffer, byteOffset, byteLength } = aligned(bytes, unit)
  return unit === 2
    ? new Uint16Array(buffer, byteOffset, byteLength / 2)
    : new Uint32Array(buffer, byteOffset, byteLength / 4)
}

const aligned = (bytes: Uint8Array, unit: number): Uint8Array =>
  bytes.byteOffset % unit === 0 ? bytes : Uint8Array.from(bytes)
