import { eachAccumulator, epilogue, epilogueLocals, listedRows, vectorAccess } from './epilogue-template.ts'
import { lines, range, storedDown } from './template.ts'

/**
 * The dense register tile, written once and printed for every size.
 *
 * A tile finds its rows in the block's list: one u32 per row where it goes in the output, then for each tap one u32 per row,
 * the address of the input row. The list is longer than the block: a short tile repeats the last row, which is computed and
 * stored again with the same result.
 */

export interface TileSize {
  readonly rows: number
  /** columns: a multiple of 4 */
  readonly width: number
  /** products per turn of the inner loop, at least 2 */
  readonly unroll: number
}

export const denseName = ({ rows, width }: TileSize): string => `dense${rows}x${width}`

/**
 * Lines of `count` products of a tile: `b` and each row's `a` go on. In the same variables one after the other: what is read keeps its
 * place beside its use, and the registers suffice.
 */
function productLines({ rows, width }: TileSize, count: number): string[] {
  const vectors = width / 4
  return [
    ...range(vectors).map((v) => `let b${v} = f32x4.splat(0)`),
    'let x = f32x4.splat(0)',
    ...range(count).flatMap((index) => [
      ...range(vectors).map((v) => `b${v} = v128.load(b, ${index * 64 + v * 16})`),
      ...range(rows).flatMap((row) => [
        `x = v128.load32_splat(a${row}, ${index * 4})`,
        ...range(vectors).map((v) => `c${row}${v} = madd(x, b${v}, c${row}${v})`),
      ]),
    ]),
    `b += ${count * 64}`,
    ...range(rows).map((row) => `a${row} += ${count * 4}`),
  ]
}

/** Lines of `k` products of a tile. */
const productLoop = (size: TileSize): string[] => [
  'let i = k',
  ...turns(size, (count) => productLines(size, count)),
]

/** Lines of `i` products: so many a turn as the tile's size says, then one by one. `linesOf`: those of some. */
export function turns({ unroll }: TileSize, linesOf: (count: number) => readonly string[]): string[] {
  const turn = (condition: string, step: string, count: number) => [
    `for (; ${condition}; ${step}) {`,
    ...linesOf(count).map((line) => `  ${line}`),
    '}',
  ]
  return [...turn(`i >= ${unroll}`, `i -= ${unroll}`, unroll), ...turn('i > 0', 'i--', 1)]
}

/** What tiles of a convolution differ in. */
interface ConvTile {
  readonly name: string
  readonly title: string
  /** lines before all rows, for the products of a tap, and after all rows */
  readonly begin: readonly string[]
  readonly loop: readonly string[]
  readonly end: readonly string[]
}

/**
 * A tile of a dense convolution, over the rows of the job: sums over taps, then k, in that order, in rows·width/4
 * accumulators.
 */
export const denseTile = (size: TileSize): string =>
  convTile(size, {
    name: denseName(size),
    title: `${size.rows} rows × ${size.width} columns`,
    begin: ['const k = job.k'],
    loop: productLoop(size),
    end: [],
  })

/** The tile whose products `loop` adds to the accumulators, of a tap's weights from `b` on and its rows' numbers from a0, a1 … on. */
export function convTile({ rows, width }: TileSize, { name, title, begin, loop, end }: ConvTile): string {
  const access = vectorAccess(width)
  return `
/** ${title} */
export function ${name}(job: TileJob): void {
  const taps = job.taps
  const xOffset = job.xOffset
  const tapOffsets = job.tapOffsets
  const w = job.w
  const bias = job.bias
  const listStep = job.listStep
${epilogueLocals}
${lines(begin, 2)}
  let list = job.list
  let offsets = job.offsets
  for (let left = job.rows; left > 0; left -= ${rows}) {
${lines(
  eachAccumulator(rows, access.vectors, (c, _, v) => `let ${c} = ${access.load('bias', v)}`),
  4,
)}
    let entry = list
    for (let tap = 0; tap < taps; tap++) {
      entry += listStep
      let b = w + load<u32>(tapOffsets + (tap << 2))
${lines(
  range(rows).map((row) => `let a${row} = load<u32>(entry, ${row * 4}) + xOffset`),
  6,
)}
${lines(loop, 6)}
    }
${lines(
  range(rows).map((row) => `const o${row} = load<u32>(offsets, ${row * 4})`),
  4,
)}
${epilogue(rows, access, listedRows(rows, ''), 4)}
    list += ${rows * 4}
    offsets += ${rows * 4}
  }
${lines(end, 2)}
}
`
}

export const sumsName = ({ rows, width }: TileSize): string => `sums${rows}x${width}`

/** A product of matrices and nothing besides: the sums of `denseTile`, one after the other. */
export const sumsTile = (size: TileSize): string => `
/**
 * \`count\` rows of \`k\` numbers, \`rowBytes\` apart, times ${size.width} columns, to rows of ${size.width} numbers, or added to them. ${size.rows} rows at a
 * time: those that complete the last ${size.rows} are read and written too.
 */
export function ${sumsName(size)}(count: i32, x: usize, rowBytes: usize, w: usize, k: i32, out: usize, adds: bool): void {
${sumsBody(size, ['let b = w', ...productLoop(size)])}
}
`

/** Sums of some rows after the other, whose products `loop` adds to the accumulators. */
export function sumsBody({ rows, width }: TileSize, loop: readonly string[]): string {
  const access = vectorAccess(width)
  const eachOf = (line: (c: string, at: number) => string) =>
    eachAccumulator(rows, access.vectors, (c, row, v) => line(c, row * width * 4 + v * 16))
  return `  for (let left = count; left > 0; left -= ${rows}) {
${lines(
  eachOf((c) => `let ${c} = f32x4.splat(0)`),
  4,
)}
${lines(
  range(rows).map((row) => `let a${row} = x + ${row} * rowBytes`),
  4,
)}
${lines(loop, 4)}
    if (adds) {
${lines(
  eachOf((c, at) => `${c} = f32x4.add(${c}, v128.load(out, ${at}))`),
  6,
)}
    }
${lines(storedDown(eachOf((c, at) => `v128.store(out, ${c}, ${at})`)), 4)}
    x += ${rows} * rowBytes
    out += ${rows * width * 4}
  }`
}
