// @ts-ignore: decorator
@inline
function rowAt(map: usize, y: i32, height: i32, step: usize): usize {
  return map + <usize>max(0, min(height - 1, y)) * step
}

/**
 * Running mean over `box` (odd) neighbours down each of `width` columns, rows beyond the edges repeat them. In f64, in `sums`: a number
 * for each column. Rows are `mapStep` and `outStep` bytes apart. Two columns at a time: one number behind each row is touched, and
 * behind `sums`.
 */
export function boxDown(
  map: usize,
  mapStep: usize,
  out: usize,
  outStep: usize,
  sums: usize,
  height: i32,
  width: usize,
  box: i32,
): void {
  const reach = (box - 1) >> 1
  const share = f64x2.splat(1 / <f64>box)
  const rowBytes = width << 2
  memory.fill(sums, 0, rowBytes << 1)
  for (let y = -reach; y <= reach; y++) {
    const row = rowAt(map, y, height, mapStep)
    for (let at: usize = 0; at < rowBytes; at += 8) {
      const sum = sums + (at << 1)
      v128.store(sum, f64x2.add(v128.load(sum), f64x2.promote_low_f32x4(v128.load64_zero(row + at))))
    }
  }
  for (let y = 0; y < height; y++) {
    const leaving = rowAt(map, y - reach, height, mapStep)
    const coming = rowAt(map, y + reach + 1, height, mapStep)
    for (let at: usize = 0; at < rowBytes; at += 8) {
      const place = sums + (at << 1)
      const sum = v128.load(place)
      v128.store_lane<u64>(out + at, f32x4.demote_f64x2_zero(f64x2.mul(sum, share)), 0)
      const gain = f64x2.sub(
        f64x2.promote_low_f32x4(v128.load64_zero(coming + at)),
        f64x2.promote_low_f32x4(v128.load64_zero(leaving + at)),
      )
      v128.store(place, f64x2.add(sum, gain))
    }
    out += outStep
  }
}

/**
 * Rows and columns change places, 4×4 numbers at a time: rows and columns up to the next multiple of 4 are read and written. Rows are
 * `mapStep` and `outStep` bytes apart.
 */
export function transpose(
  map: usize,
  mapStep: usize,
  out: usize,
  outStep: usize,
  rows: usize,
  columns: usize,
): void {
  for (let y: usize = 0; y < rows; y += 4) {
    for (let x: usize = 0; x < columns; x += 4) {
      const from = map + y * mapStep + (x << 2)
      const a = v128.load(from)
      const b = v128.load(from + mapStep)
      const c = v128.load(from + 2 * mapStep)
      const d = v128.load(from + 3 * mapStep)
      const ab0 = v128.shuffle<f32>(a, b, 0, 4, 1, 5)
      const ab1 = v128.shuffle<f32>(a, b, 2, 6, 3, 7)
      const cd0 = v128.shuffle<f32>(c, d, 0, 4, 1, 5)
      const cd1 = v128.shuffle<f32>(c, d, 2, 6, 3, 7)
      const to = out + x * outStep + (y << 2)
      v128.store(to, v128.shuffle<f32>(ab0, cd0, 0, 1, 4, 5))
      v128.store(to + outStep, v128.shuffle<f32>(ab0, cd0, 2, 3, 6, 7))
      v128.store(to + 2 * outStep, v128.shuffle<f32>(ab1, cd1, 0, 1, 4, 5))
      v128.store(to + 3 * outStep, v128.shuffle<f32>(ab1, cd1, 2, 3, 6, 7))
    }
  }
}
