/**
 * A picture row's `length` values of a map: between its rows `upper` and `lower`, the share `down` of the second, and in that row, at
 * `between`, between two cells each: `places` has for each value the first's index, the second's and the second's share.
 */
export function sampleRow(
  upper: usize,
  lower: usize,
  down: f64,
  cells: i32,
  between: usize,
  places: usize,
  length: i32,
  out: usize,
): void {
  const up = 1 - down
  for (let x: usize = 0; x < <usize>cells << 2; x += 4) {
    store<f32>(between + x, <f32>(<f64>load<f32>(upper + x) * up + <f64>load<f32>(lower + x) * down))
  }
  for (let i = 0; i < length; i++) {
    const left = <f64>load<f32>(between + (<usize>load<i32>(places) << 2))
    const right = <f64>load<f32>(between + (<usize>load<i32>(places, 4) << 2))
    store<f32>(out, <f32>(left + (right - left) * <f64>load<f32>(places, 8)))
    places += 12
    out += 4
  }
}
