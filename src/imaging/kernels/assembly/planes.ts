/**
 * Rows of `width` pixels of bytes as rows of planes of numbers, `step` bytes from one row to the next and `planeBytes` from a plane
 * to the next: plane c has of each pixel the byte `order`[c], as the 256 numbers of `tables`[c] say it.
 */
export function planesOf(
  pixels: usize,
  rows: usize,
  width: usize,
  channels: usize,
  order: usize,
  tables: usize,
  out: usize,
  step: usize,
  planeBytes: usize,
): void {
  for (let c: usize = 0; c < channels; c++) {
    let from = pixels + <usize>load<i32>(order + (c << 2))
    const table = tables + (c << 10)
    for (let y: usize = 0; y < rows; y++) {
      const row = out + c * planeBytes + y * step
      for (let x: usize = 0; x < width << 2; x += 4) {
        store<f32>(row + x, load<f32>(table + (<usize>load<u8>(from) << 2)))
        from += channels
      }
    }
  }
}
