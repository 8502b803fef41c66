import { NetworkError } from './errors.ts'

/** Rows with a 1 at the place of each class, into `rows`, which is zeros. Throws NetworkError `bad-data`; `name`: of the classes. */
export function oneHot<Rows extends Float32Array | Float64Array>(
  rows: Rows,
  classes: ArrayLike<number>,
  count: number,
  name: string,
): Rows {
  for (let i = 0; i < classes.length; i++) {
    const at = classes[i] ?? -1
    if (!Number.isInteger(at) || at < 0 || at >= count)
      throw new NetworkError(
        'bad-data',
        name,
        `expected class numbers from 0 to ${count - 1}, got ${at} at [${i}]`,
      )
    rows[i * count + at] = 1
  }
  return rows
}
