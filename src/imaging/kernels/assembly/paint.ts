/** Of values that are not seen. */
const UNSEEN: i32 = 256

/**
 * Lays inks over a row's R,G,B bytes: those of level offset + scale · value, or of the unseen where the value is NaN. `inks` has for
 * each level 8 u16: what is added to each byte times the rest of the photo, then the rests; bytes are the upper half of that.
 * 4 bytes are read and written at a pixel: one behind the row is touched.
 */
export function paintRow(
  photo: usize,
  values: usize,
  length: i32,
  inks: usize,
  offset: f64,
  scale: f64,
  out: usize,
): void {
  for (let i = 0; i < length; i++) {
    const value = <f64>load<f32>(values)
    const level = value >= -1 ? <i32>(offset + scale * value + 0.5) : UNSEEN
    const ink = inks + (<usize>level << 4)
    const pixel = v128.extend_low<u8>(v128.load32_zero(photo))
    const mixed = i16x8.add(i16x8.mul(pixel, v128.load64_zero(ink, 8)), v128.load64_zero(ink))
    const words = v128.shr<u16>(mixed, 8)
    v128.store_lane<u32>(out, i8x16.narrow_i16x8_u(words, words), 0)
    values += 4
    photo += 3
    out += 3
  }
}
