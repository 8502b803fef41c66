import { tileRows } from './scratch'
import { gated, TileJob } from './tile-job'

/** Addend, clamp, gate and store of a tile whose columns are not whole vectors, from `tileRows`. */
export function finishColumns(job: TileJob, columns: i32, count: i32): void {
  const clampMin = f32x4.splat(job.clampMin)
  const clampMax = f32x4.splat(job.clampMax)
  const gateMin = f32x4.splat(job.gateMin)
  const gateMax = f32x4.splat(job.gateMax)
  const out = job.out
  const addend = job.addend
  const gate = job.gate
  for (let row = 0; row < count; row++) {
    let offset = load<u32>(job.list + row * 4)
    let from = tileRows() + row * 64
    for (let left = columns; left > 0; left -= 4) {
      let value = v128.load(from)
      if (addend) value = f32x4.add(value, loadPart(addend + offset, left))
      value = f32x4.pmin(f32x4.pmax(value, clampMin), clampMax)
      if (gate) value = gated(value, loadPart(gate + offset, left), gateMin, gateMax)
      storePart(out + offset, value, left)
      from += 16
      offset += 16
    }
  }
}

/** The first `lanes` of 4 floats, or all. */
// @ts-ignore: decorator
@inline
function loadPart(address: usize, lanes: i32): v128 {
  if (lanes >= 4) return v128.load(address)
  let value = v128.load32_zero(address)
  if (lanes > 1) value = v128.load32_lane(address, value, 1, 4)
  if (lanes > 2) value = v128.load32_lane(address, value, 2, 8)
  return value
}

// @ts-ignore: decorator
@inline
function storePart(address: usize, value: v128, lanes: i32): void {
  if (lanes >= 4) {
    v128.store(address, value)
    return
  }
  v128.store32_lane(address, value, 0)
  if (lanes > 1) v128.store32_lane(address, value, 1, 4)
  if (lanes > 2) v128.store32_lane(address, value, 2, 8)
}
