import { lines, range, storedDown } from './template.ts'

const VECTORS = 4

/**
 * `weightGradTile`: so many rows of the weights' gradient by 16 columns, summed over `lines` lines of `width` pixels on top of what
 * the rows hold. Row r is the r-th of the addresses at `outputs`, and reads x at the r-th of those at `inputs`; a short tile
 * repeats a row, which is computed and stored again with the same result. V8 packs pairs of neighbouring vectors (see
 * epilogue-template.ts): the sums begin as loads for that.
 */
export function weightGradTile(rows: number): string {
  const each = (line: (row: number, vector: number) => string) =>
    range(rows).flatMap((row) => range(VECTORS).map((vector) => line(row, vector)))
  return `
/** Rows of the tile below */
export const WEIGHT_GRAD_ROWS: i32 = ${rows}

/** ${rows} rows × 16 columns */
export function weightGradTile(
  inputs: usize,
  lineStep: usize,
  xStep: usize,
  ct: usize,
  lines: i32,
  width: i32,
  outputs: usize,
): void {
${lines(
  range(rows).map((row) => `const out${row} = load<usize>(outputs, ${row * 4})`),
  2,
)}
${lines(
  each((row, v) => `let c${row}${v} = v128.load(out${row}, ${v * 16})`),
  2,
)}
  let skipped: usize = 0
  for (let line = 0; line < lines; line++) {
${lines(
  range(rows).map((row) => `let a${row} = load<usize>(inputs, ${row * 4}) + skipped`),
  4,
)}
    for (let left = width; left > 0; left--) {
${lines(
  [
    ...range(VECTORS).map((v) => `const b${v} = v128.load(ct, ${v * 16})`),
    ...range(rows).flatMap((row) => [
      `const x${row} = v128.load32_splat(a${row})`,
      ...range(VECTORS).map((v) => `c${row}${v} = madd(x${row}, b${v}, c${row}${v})`),
    ]),
    'ct += 64',
    ...range(rows).map((row) => `a${row} += xStep`),
  ],
  6,
)}
    }
    skipped += lineStep
  }
${lines(storedDown(each((row, v) => `v128.store(out${row}, c${row}${v}, ${v * 16})`)), 2)}
}
`
}
