import { lines, range, storedDown } from './template.ts'

/** Registers that V8 gives away: one of 16 is its own. */
const REGISTERS = 15

/** Output channels of a narrow convolution, and the rows whose sums fit the registers beside weights and an input. */
export const narrowSizes = [1, 2, 3, 4].map((columns) => ({
  columns,
  rows: Math.min(8, Math.floor((REGISTERS - 1 - columns) / columns)),
}))

/**
 * A convolution to few channels, over the rows of the job: products side by side along k (a multiple of 8, weights as
 * [tap][column][k]), added up at the end. Row r of the job goes to line r of `tileRows`.
 */
export function narrowTile({ columns, rows }: { readonly columns: number; readonly rows: number }): string {
  const vectors = range(2)
  const cells = range(rows).flatMap((row) => range(columns).map((column) => ({ row, column })))
  const each = (line: (cell: { row: number; column: number }, v: number) => string) =>
    cells.flatMap((cell) => vectors.map((v) => line(cell, v)))
  const name = ({ row, column }: { row: number; column: number }, v: number) => `c${row}${column}${v}`
  return `
/** ${rows} rows × ${columns} columns */
function narrow${columns}(job: TileJob): void {
  const taps = job.taps
  const lineBytes: usize = job.k << 2
  const tapOffsets = job.tapOffsets
  const listStep = job.listStep
  const w = job.w
  const sums = narrowSums()
  const bias = v128.load(job.bias)
  const zero = f32x4.splat(0)
  let list = job.list
  let out = job.out
  for (let left = job.rows; left > 0; left -= ${rows}) {
${lines(
  each((cell, v) => `let ${name(cell, v)} = f32x4.splat(0)`),
  4,
)}
    let entry = list
    for (let tap = 0; tap < taps; tap++) {
      entry += listStep
      const b0 = w + load<u32>(tapOffsets + (tap << 2))
${lines(
  [
    ...range(columns - 1).map((column) => `const b${column + 1} = b${column} + lineBytes`),
    ...range(rows).map((row) => `const a${row} = load<u32>(entry, ${row * 4})`),
  ],
  6,
)}
      for (let k: usize = 0; k < lineBytes; k += 32) {
${lines(
  [
    ...range(columns).flatMap((column) =>
      vectors.map((v) => `const w${column}${v} = v128.load(b${column} + k, ${v * 16})`),
    ),
    ...range(rows).flatMap((row) => [
      ...vectors.map((v) => `const x${row}${v} = v128.load(a${row} + k, ${v * 16})`),
      ...range(columns).flatMap((column) =>
        vectors.map((v) => {
          const c = name({ row, column }, v)
          return `${c} = madd(x${row}${v}, w${column}${v}, ${c})`
        }),
      ),
    ]),
  ],
  8,
)}
      }
    }
${lines(
  storedDown(
    each(
      (cell, v) => `v128.store(sums, ${name(cell, v)}, ${(cell.row * columns + cell.column) * 32 + v * 16})`,
    ),
  ),
  4,
)}
${lines(
  range(rows).map(
    (row) =>
      `v128.store(out, f32x4.add(bias, sumOf4(${[0, 1, 2, 3].map((column) => (column < columns ? `halves(sums + ${(row * columns + column) * 32})` : 'zero')).join(', ')})), ${row * 64})`,
  ),
  4,
)}
    list += ${rows * 4}
    out += ${rows * 64}
  }
}
`
}

/** The tile for so many columns. */
export const narrowDispatch = (): string => `
/** The first and second four of 8 sums, added. */
// @ts-ignore: decorator
@inline
function halves(sums: usize): v128 {
  return f32x4.add(v128.load(sums), v128.load(sums, 16))
}

/** The sums of four vectors' lanes. */
// @ts-ignore: decorator
@inline
function sumOf4(a: v128, b: v128, c: v128, d: v128): v128 {
  const ab = f32x4.add(v128.shuffle<f32>(a, b, 0, 2, 4, 6), v128.shuffle<f32>(a, b, 1, 3, 5, 7))
  const cd = f32x4.add(v128.shuffle<f32>(c, d, 0, 2, 4, 6), v128.shuffle<f32>(c, d, 1, 3, 5, 7))
  return f32x4.add(v128.shuffle<f32>(ab, cd, 0, 2, 4, 6), v128.shuffle<f32>(ab, cd, 1, 3, 5, 7))
}

/** The narrow tile of \`columns\` columns. */
export function narrowTile(columns: i32, job: TileJob): void {
  switch (columns) {
${narrowSizes.map(({ columns }) => `    case ${columns}:\n      narrow${columns}(job)\n      break`).join('\n')}
  }
}
`
