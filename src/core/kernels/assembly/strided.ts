/** Rank of the strided kernels, as in the list. */
const RANK: i32 = 6

/** Rows of a strided kernel: all axes but the last. */
export function outerRows(dims: usize): i32 {
  let rows = 1
  for (let axis = 0; axis < RANK - 1; axis++) rows *= load<i32>(dims + axis * 4)
  return rows
}

/** Where row `row` begins, in elements. */
export function rowOffset(row: i32, dims: usize, strides: usize): i32 {
  let offset = 0
  let rest = row
  for (let axis = RANK - 2; axis >= 0 && rest; axis--) {
    const dim = load<i32>(dims + axis * 4)
    if (dim == 1) continue
    offset += (rest % dim) * load<i32>(strides + axis * 4)
    rest /= dim
  }
  return offset
}

/** Element `axis` of a list of dims or strides. */
// @ts-ignore: decorator
@inline
export function entry(list: usize, axis: i32): i32 {
  return load<i32>(list + axis * 4)
}
