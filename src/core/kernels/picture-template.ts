import { lines, range, storedDown } from './template.ts'

/** Rows of results whose sums down fit the registers, 16 floats of each, beside what they are made of. */
const COLUMN_ROWS = 4
/** Vectors of a tile of one row: enough sums at once to hide how long one takes. */
const ROW_VECTORS = 16

/** A step of several rows' sums: one input row, its weight in each of them. */
function step(rows: readonly number[], vectors: number): string[] {
  return [
    'x = load<u32>(row) + at',
    ...range(vectors).map((v) => `x${v} = v128.load(x, ${16 * v})`),
    ...rows.flatMap((r) => [
      `w0 = v128.load32_splat(weight - ${4 * r})`,
      ...range(vectors).map((v) => `c${r}${v} = madd(x${v}, w0, c${r}${v})`),
    ]),
    'row += 4',
    'weight += 4',
  ]
}

const zeros = (names: readonly string[]) => names.map((name) => `let ${name} = f32x4.splat(0)`)

/** out[r] = Σ_i w[i]·x[r + i] for rows r below COLUMN_ROWS: each input row is loaded once for all of them. */
function columnsTile(): string {
  const rows = range(COLUMN_ROWS)
  const sums = rows.flatMap((r) => range(4).map((v) => `c${r}${v}`))
  // the first and last input rows belong to some of the results only
  const head = range(COLUMN_ROWS - 1).flatMap((s) => step(rows.slice(0, s + 1), 4))
  const tail = range(COLUMN_ROWS - 1).flatMap((s) => step(rows.slice(s + 1), 4))
  return `
/**
 * Sums down for ${COLUMN_ROWS} neighbouring rows of results, \`outStep\` bytes apart: the addresses of taps + ${COLUMN_ROWS - 1} rows in \`list\`, at
 * least ${COLUMN_ROWS - 1} taps; bytes: a multiple of 64.
 */
export function weighColumns(list: usize, taps: i32, w: usize, out: usize, outStep: usize, bytes: usize): void {
  for (let at: usize = 0; at < bytes; at += 64) {
    let row = list
    let weight = w
    let x: usize
    let w0: v128
    let x0: v128, x1: v128, x2: v128, x3: v128
${lines([...zeros(sums), ...head], 4)}
    for (const end = list + (taps << 2); row < end; ) {
${lines(step(rows, 4), 6)}
    }
${lines(tail, 4)}
    let to = out + at
${lines(
  rows.flatMap((r) => [
    ...storedDown(range(4).map((v) => `v128.store(to, c${r}${v}, ${16 * v})`)),
    'to += outStep',
  ]),
  4,
)}
  }
}
`
}

/** Vectors of a tile of two rows. */
const PAIR_VECTORS = 8

/** out[r] = Σ_i Σ_j w[i][j]·x[r + i][j] for two rows: most of what is loaded serves both. */
function pairTile(): string {
  const vectors = range(PAIR_VECTORS)
  const taps = (row: string, weights: readonly (readonly [row: number, address: string])[]) => [
    `for (let x = load<u32>(${row}) + at, tap: usize = 0; tap < lineBytes; tap += 4, x += tapStep) {`,
    ...weights.map(([r, address]) => `  const w${r} = v128.load32_splat(${address} + tap)`),
    ...vectors.flatMap((v) => [
      `  const x${v} = v128.load(x, ${16 * v})`,
      ...weights.map(([r]) => `  c${r}${v} = madd(x${v}, w${r}, c${r}${v})`),
    ]),
    '}',
  ]
  return `
/**
 * Sums over whole windows for two neighbouring rows of results, in the order of \`weighTaps\`: the addresses of rows + 1 input
 * rows in \`list\`. bytes: a multiple of ${16 * PAIR_VECTORS}.
 */
export function weighPair(list: usize, rows: i32, taps: i32, tapStep: usize, w: usize, out0: usize, out1: usize, bytes: usize): void {
  const lineBytes: usize = taps << 2
  const last = list + (rows << 2)
  for (let at: usize = 0; at < bytes; at += ${16 * PAIR_VECTORS}) {
${lines(zeros(range(2).flatMap((r) => vectors.map((v) => `c${r}${v}`))), 4)}
${lines(taps('list', [[0, 'w']]), 4)}
    let line = w
    for (let row = list + 4; row < last; row += 4, line += lineBytes) {
${lines(
  taps('row', [
    [0, 'line + lineBytes'],
    [1, 'line'],
  ]),
  6,
)}
    }
${lines(taps('last', [[1, 'line']]), 4)}
${lines(
  range(2).flatMap((r) => storedDown(vectors.map((v) => `v128.store(out${r} + at, c${r}${v}, ${16 * v})`))),
  4,
)}
  }
}
`
}

/** A tile of one row: \`loop\` steps from tap to tap, \`address\` sets x and w0. */
function rowTile(head: string, loop: string, address: readonly string[]): string {
  const vectors = range(ROW_VECTORS)
  return `
${head} {
  for (let at: usize = 0; at < bytes; at += ${16 * ROW_VECTORS}) {
${lines(zeros(vectors.map((v) => `c${v}`)), 4)}
    ${loop} {
${lines([...address, ...vectors.map((v) => `c${v} = madd(v128.load(x, ${16 * v}), w0, c${v})`)], 6)}
    }
    const to = out + at
${lines(storedDown(vectors.map((v) => `v128.store(to, c${v}, ${16 * v})`)), 4)}
  }
}
`
}

/** The register tiles of the kernels for pictures. */
export const pictureTiles = (): string =>
  `
/** Rows of results of \`weighColumns\` */
export const COLUMN_ROWS: i32 = ${COLUMN_ROWS}
${columnsTile()}${pairTile()}${rowTile(
  `/** Sums down for one row of results. bytes: a multiple of ${16 * ROW_VECTORS}. */
export function weighColumn(list: usize, taps: i32, w: usize, out: usize, bytes: usize): void`,
  'for (let tap: usize = 0, end: usize = taps << 2; tap < end; tap += 4)',
  ['const x = load<u32>(list + tap) + at', 'const w0 = v128.load32_splat(w + tap)'],
)}${rowTile(
  `/** Sums along a row, taps \`tapStep\` bytes apart. bytes: a multiple of ${16 * ROW_VECTORS}. */
export function weighRow(row: usize, tapStep: usize, taps: i32, w: usize, out: usize, bytes: usize): void`,
  'for (let x = row + at, tap = w, end = w + (taps << 2); tap < end; tap += 4, x += tapStep)',
  ['const w0 = v128.load32_splat(tap)'],
)}${rowTile(
  `/** Sums over a list of taps: the place of a row's address in \`list\`, an offset, a weight. bytes: a multiple of ${16 * ROW_VECTORS}. */
export function weighTaps(list: usize, taps: usize, tapsEnd: usize, out: usize, bytes: usize): void`,
  'for (let tap = taps; tap < tapsEnd; tap += 12)',
  [
    'const x = load<u32>(list + load<u32>(tap)) + load<u32>(tap, 4) + at',
    'const w0 = v128.load32_splat(tap, 8)',
  ],
)}`
