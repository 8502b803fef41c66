import { CopyArgs } from './generated/args'
import { entry, outerRows, rowOffset } from './strided'
import { columnBegin, columnEnd, openUnit, rowBegin, rowEnd } from './unit'

/** Rows are all axes but the last; columns are its elements. */
export function copyKernel(pointer: usize, unit: i32): void {
  const args = changetype<CopyArgs>(pointer)
  const dims = pointer + offsetof<CopyArgs>('dims0')
  const xStrides = pointer + offsetof<CopyArgs>('xStrides0')
  const outStrides = pointer + offsetof<CopyArgs>('outStrides0')
  openUnit(unit, outerRows(dims), entry(dims, 5), args.rowsPerUnit, args.columnsPerUnit)
  const xStride = entry(xStrides, 5)
  const outStride = entry(outStrides, 5)
  const count = columnEnd - columnBegin
  const indices = args.indices
  const lines = entry(dims, 4)
  let row = rowBegin
  while (row < rowEnd) {
    let out = args.out + ((rowOffset(row, dims, outStrides) + columnBegin * outStride) << 2)
    if (indices) {
      gatherRow(args, row, dims, xStrides, out)
      row++
      continue
    }
    let x = args.x + ((rowOffset(row, dims, xStrides) + columnBegin * xStride) << 2)
    const end = min(rowEnd, row - (row % lines) + lines)
    if (count == 3 && isThreePlanes(xStrides, outStrides)) {
      interleaveThree(x, xStride << 2, out, end - row)
      row = end
      continue
    }
    if (count < end - row) {
      // short rows: along the axis before them
      for (let column = 0; column < count; column++) {
        copyStrided(x, entry(xStrides, 4) << 2, out, entry(outStrides, 4) << 2, end - row)
        x += xStride << 2
        out += outStride << 2
      }
      row = end
      continue
    }
    for (; row < end; row++) {
      if (xStride == 1 && outStride == 1) copyRow(x, out, count)
      else copyStrided(x, xStride << 2, out, outStride << 2, count)
      x += entry(xStrides, 4) << 2
      out += entry(outStrides, 4) << 2
    }
  }
}

/** Whether rows lie as the pixels of a picture do: planes in x, channels side by side in out. */
function isThreePlanes(xStrides: usize, outStrides: usize): bool {
  return entry(xStrides, 4) == 1 && entry(outStrides, 4) == 3 && entry(outStrides, 5) == 1
}

/** Three planes, `planeBytes` apart, to pixels of three channels. */
function interleaveThree(x: usize, planeBytes: usize, out: usize, pixels: i32): void {
  let left = pixels
  for (; left >= 4; left -= 4) {
    const r = v128.load(x)
    const g = v128.load(x + planeBytes)
    const b = v128.load(x + 2 * planeBytes)
    v128.store(out, v128.shuffle<f32>(v128.shuffle<f32>(r, g, 0, 4, 0, 1), b, 0, 1, 4, 3))
    v128.store(out, v128.shuffle<f32>(v128.shuffle<f32>(g, r, 1, 1, 6, 2), b, 0, 5, 2, 3), 16)
    v128.store(out, v128.shuffle<f32>(v128.shuffle<f32>(r, g, 3, 3, 7, 7), b, 6, 1, 2, 7), 32)
    x += 16
    out += 48
  }
  for (let channel = 0; channel < 3; channel++) copyStrided(x + channel * planeBytes, 4, out + channel * 4, 12, left)
}

// @ts-ignore: decorator
@inline
function copyRow(x: usize, out: usize, count: i32): void {
  let left = count
  for (; left >= 8; left -= 8) {
    const first = v128.load(x)
    const second = v128.load(x, 16)
    v128.store(out, second, 16)
    v128.store(out, first)
    x += 32
    out += 32
  }
  copyStrided(x, 4, out, 4, left)
}

// @ts-ignore: decorator
@inline
function copyStrided(x: usize, xStep: i32, out: usize, outStep: i32, count: i32): void {
  for (let left = count; left > 0; left--) {
    store<f32>(out, load<f32>(x))
    x += xStep
    out += outStep
  }
}

/** One row where the position along `axis` is read from `indices`. */
function gatherRow(args: CopyArgs, row: i32, dims: usize, xStrides: usize, out: usize): void {
  const outStep = entry(changetype<usize>(args) + offsetof<CopyArgs>('outStrides0'), 5) << 2
  const stride = entry(xStrides, args.axis)
  const step = entry(xStrides, 5) << 2
  const x = args.x + (rowOffset(row, dims, xStrides) << 2)
  if (args.axis == 5) {
    for (let column = columnBegin; column < columnEnd; column++) {
      const index = <i32>load<f32>(args.indices + (column << 2))
      store<f32>(out, load<f32>(x + ((index * stride) << 2)))
      out += outStep
    }
    return
  }
  const place = axisIndex(row, dims, args.axis)
  const index = <i32>load<f32>(args.indices + (place << 2))
  const from = x + (((index - place) * stride) << 2) + columnBegin * step
  const count = columnEnd - columnBegin
  if (step == 4 && outStep == 4) copyRow(from, out, count)
  else copyStrided(from, step, out, outStep, count)
}

/** Position of row `row` on `axis`, which is not the last. */
export function axisIndex(row: i32, dims: usize, axis: i32): i32 {
  let rest = row
  for (let after = 4; after > axis; after--) rest /= entry(dims, after)
  return rest % entry(dims, axis)
}
