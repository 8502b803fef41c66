/** A filter's kernel: rows × columns, row by row. It is correlated: rotated by nobody. */
export interface Matrix {
  readonly rows: number
  readonly columns: number
  readonly data: Float64Array
}

/** A matrix from a formula of row and column, counted from 0. */
export const matrixOf = (
  rows: number,
  columns: number,
  at: (row: number, column: number) => number,
): Matrix => ({
  rows,
  columns,
  data: Float64Array.from({ length: rows * columns }, (_, i) => at(Math.floor(i / columns), i % columns)),
})

/** A matrix from its rows, all of one length. */
export const matrixFrom = (rows: readonly (readonly number[])[]): Matrix =>
  matrixOf(rows.length, rows[0]?.length ?? 0, (i, j) => rows[i]?.[j] ?? 0)

export const entry = ({ columns, data }: Matrix, row: number, column: number): number =>
  data[row * columns + column] ?? 0

export const rowsOf = (k: Matrix): number[][] =>
  Array.from({ length: k.rows }, (_, i) => [...k.data.subarray(i * k.columns, (i + 1) * k.columns)])

export const sumOf = ({ data }: Matrix): number => data.reduce((a, b) => a + b, 0)

export const scaled = (k: Matrix, factor: number): Matrix => ({ ...k, data: k.data.map((v) => v * factor) })

/** Divided by its sum, which is not 0. */
export const normalised = (k: Matrix): Matrix => scaled(k, 1 / sumOf(k))

export const transposed = (k: Matrix): Matrix => matrixOf(k.columns, k.rows, (i, j) => entry(k, j, i))

/** By 180°: what makes a correlation of a convolution. */
export const rotated = (k: Matrix): Matrix => ({ ...k, data: k.data.toReversed() })

/** Index of the centre of a side: for an even one the left of the two in the middle. */
export const centreOf = (length: number): number => (length - 1) >> 1

/** With zeros around it, to sides that are longer by even numbers. */
export const padded = (k: Matrix, rows: number, columns: number): Matrix => {
  const [top, left] = [(rows - k.rows) / 2, (columns - k.columns) / 2]
  const has = (i: number, j: number) => i >= 0 && i < k.rows && j >= 0 && j < k.columns
  return matrixOf(rows, columns, (i, j) => (has(i - top, j - left) ? entry(k, i - top, j - left) : 0))
}

/** a − b, of the same sides. */
export const minus = (a: Matrix, b: Matrix): Matrix => ({
  ...a,
  data: a.data.map((v, i) => v - (b.data[i] ?? 0)),
})

/** factor·k + amount·δ, δ being 1 at the centre: k added to the picture itself. */
export const plusIdentity = (
  k: Matrix,
  factor: number,
  amount: number,
  centre = { row: centreOf(k.rows), column: centreOf(k.columns) },
): Matrix =>
  matrixOf(k.rows, k.columns, (i, j) => {
    const isCentre = i === centre.row && j === centre.column
    return factor * entry(k, i, j) + (isCentre ? amount : 0)
  })

/** The kernel of correlating with `a`, then with `b`: their full convolution. */
export function composed(a: Matrix, b: Matrix): Matrix {
  const rows = a.rows + b.rows - 1
  const columns = a.columns + b.columns - 1
  const data = new Float64Array(rows * columns)
  for (let i = 0; i < a.rows; i++)
    for (let j = 0; j < a.columns; j++)
      for (let k = 0; k < b.rows; k++)
        for (let l = 0; l < b.columns; l++) {
          const at = (i + k) * columns + j + l
          data[at] = (data[at] ?? 0) + entry(a, i, j) * entry(b, k, l)
        }
  return { rows, columns, data }
}

/** A kernel of rank 1 as column × row: k[i][j] = column[i] · row[j]. */
export interface Separated {
  readonly column: Float64Array
  readonly row: Float64Array
}

/** Entries may differ by so much, of the largest, from those of a matrix of rank 1: what rounding leaves. */
const RANK_TOLERANCE = 1e-12

/** The kernel as column × row, where it is of rank 1. Each carries the root of the largest entry. */
export function separated(k: Matrix): Separated | undefined {
  let pivot = 0
  for (let i = 1; i < k.data.length; i++)
    if (Math.abs(k.data[i] ?? 0) > Math.abs(k.data[pivot] ?? 0)) pivot = i
  const largest = k.data[pivot] ?? 0
  if (largest === 0) return undefined
  const [top, left] = [Math.floor(pivot / k.columns), pivot % k.columns]
  const share = Math.sqrt(Math.abs(largest))
  const column = Float64Array.from({ length: k.rows }, (_, i) => (entry(k, i, left) / largest) * share)
  const row = Float64Array.from({ length: k.columns }, (_, j) => entry(k, top, j) / share)
  const fits = k.data.every((v, at) => {
    const product = (column[Math.floor(at / k.columns)] ?? 0) * (row[at % k.columns] ?? 0)
    return Math.abs(v - product) <= RANK_TOLERANCE * Math.abs(largest)
  })
  return fits ? { column, row } : undefined
}

/** The one value of a kernel whose entries are all equal. */
export const boxValue = ({ data: [first = 0, ...rest] }: Matrix): number | undefined =>
  rest.every((v) => v === first) ? first : undefined
