import { ScatterAddArgs } from './generated/args'
import { entry, outerRows, rowOffset } from './strided'
import { columnBegin, columnEnd, openUnit, rowBegin, rowEnd } from './unit'

/**
 * Rows are all axes but `axis` and the last, columns the last axis's elements (one column where that is `axis`): a unit adds
 * along the whole of `axis`, so that the order of sums does not depend on the units.
 */
export function scatterAddKernel(pointer: usize, unit: i32): void {
  const args = changetype<ScatterAddArgs>(pointer)
  const dims = pointer + offsetof<ScatterAddArgs>('dims0')
  const axis = args.axis
  const length = entry(dims, axis)
  const rows = axis == 5 ? outerRows(dims) : outerRows(dims) / length
  openUnit(unit, rows, axis == 5 ? 1 : entry(dims, 5), args.rowsPerUnit, args.columnsPerUnit)
  // rows below `axis`: what stands between two steps along it
  let below = 1
  for (let after = 4; after > axis; after--) below *= entry(dims, after)
  for (let row = rowBegin; row < rowEnd; row++) {
    if (axis == 5) addLine(args, row, pointer, 0, length)
    else {
      const first = (row / below) * below * length + (row % below)
      for (let place = 0; place < length; place++) addLine(args, first + place * below, pointer, place, 1)
    }
  }
}

/** One row of x added to where the indices say, `places` of them from `place` on. */
function addLine(args: ScatterAddArgs, row: i32, pointer: usize, place: i32, places: i32): void {
  const dims = pointer + offsetof<ScatterAddArgs>('dims0')
  const xStrides = pointer + offsetof<ScatterAddArgs>('xStrides0')
  const outStrides = pointer + offsetof<ScatterAddArgs>('outStrides0')
  const axis = args.axis
  const xStep = entry(xStrides, 5) << 2
  const outStep = entry(outStrides, 5) << 2
  const stride = entry(outStrides, axis)
  let x = args.x + (rowOffset(row, dims, xStrides) << 2)
  let out = args.out + ((rowOffset(row, dims, outStrides) - place * stride) << 2)
  if (axis == 5) {
    for (let i = 0; i < places; i++) {
      const to = out + ((indexAt(args, i) * stride) << 2)
      store<f32>(to, load<f32>(to) + load<f32>(x))
      x += xStep
    }
    return
  }
  x += columnBegin * xStep
  out += ((indexAt(args, place) * stride) << 2) + columnBegin * outStep
  let left = columnEnd - columnBegin
  if (xStep == 4 && outStep == 4) {
    for (; left >= 4; left -= 4) {
      v128.store(out, f32x4.add(v128.load(out), v128.load(x)))
      x += 16
      out += 16
    }
  }
  for (; left > 0; left--) {
    store<f32>(out, load<f32>(out) + load<f32>(x))
    x += xStep
    out += outStep
  }
}

/** An absent list of indices is 0, 1, 2 … */
// @ts-ignore: decorator
@inline
function indexAt(args: ScatterAddArgs, place: i32): i32 {
  return args.indices ? <i32>load<f32>(args.indices + (place << 2)) : place
}
