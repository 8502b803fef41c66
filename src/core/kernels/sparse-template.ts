import { eachAccumulator, epilogue, epilogueLocals, listedRows, vectorAccess } from './epilogue-template.ts'
import { lines, range } from './template.ts'
import { sumsBody, sumsName, type TileSize } from './tile-template.ts'

/**
 * Register tiles where many of the input's numbers are 0: the sums of `denseTile`, in the same order, of products that are listed.
 * For each of them a u32: the offset of its number in a row, whose weights are 16 times as far.
 */

export const sparseName = ({ rows, width }: TileSize): string => `sparse${rows}x${width}`

/** Lines of `count` listed products of a tile: `products` goes on. */
function productLines({ rows, width }: TileSize, count: number): string[] {
  const vectors = width / 4
  return [
    'let at: usize = 0',
    'let row: usize = 0',
    ...range(vectors).map((v) => `let b${v} = f32x4.splat(0)`),
    'let x = f32x4.splat(0)',
    ...range(count).flatMap((index) => [
      `at = load<u32>(products, ${index * 4})`,
      'row = b + (at << 4)',
      ...range(vectors).map((v) => `b${v} = v128.load(row, ${v * 16})`),
      ...range(rows).flatMap((row) => [
        `x = v128.load32_splat(a${row} + at)`,
        ...range(vectors).map((v) => `c${row}${v} = madd(x, b${v}, c${row}${v})`),
      ]),
    ]),
    `products += ${count * 4}`,
  ]
}

/** Lines of `i` listed products of a tile. */
function listedLoop(size: TileSize, indent: number): string {
  const { unroll } = size
  const turn = (condition: string, step: string, count: number) => [
    `for (; ${condition}; ${step}) {`,
    ...productLines(size, count).map((line) => `  ${line}`),
    '}',
  ]
  return lines([...turn(`i >= ${unroll}`, `i -= ${unroll}`, unroll), ...turn('i > 0', 'i--', 1)], indent)
}

/** A tile of a dense convolution, over the rows of the job and their lists of products; the job's lists go on. */
export function sparseTile(size: TileSize): string {
  const { rows, width } = size
  const access = vectorAccess(width)
  return `
/** ${rows} rows × ${width} columns, listed products */
export function ${sparseName(size)}(job: TileJob): void {
  const taps = job.taps
  const tapOffsets = job.tapOffsets
  const w = job.w
  const bias = job.bias
  const listStep = job.listStep
${epilogueLocals}
  let counts = job.counts
  let products = job.products
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
      const b = w + load<u32>(tapOffsets + (tap << 2))
${lines(
  range(rows).map((row) => `const a${row} = load<u32>(entry, ${row * 4})`),
  6,
)}
      let i = load<i32>(counts)
      counts += 4
${listedLoop(size, 6)}
    }
${lines(
  range(rows).map((row) => `const o${row} = load<u32>(offsets, ${row * 4})`),
  4,
)}
${epilogue(rows, access, listedRows(rows, ''), 4)}
    list += ${rows * 4}
    offsets += ${rows * 4}
  }
  job.counts = counts
  job.products = products
}
`
}

export const listedSumsName = ({ rows, width }: TileSize): string => `listedSums${rows}x${width}`

/** A product of matrices and nothing besides: the sums of `sparseTile`, one after the other. */
export const listedSumsTile = (size: TileSize): string => `
/** As ${sumsName(size)}, of the listed products; the end of the lists. */
export function ${listedSumsName(size)}(count: i32, x: usize, rowBytes: usize, b: usize, counts: usize, products: usize, out: usize, adds: bool): usize {
${sumsBody(
  size,
  `    let i = load<i32>(counts)
    counts += 4
${listedLoop(size, 4)}`,
)}
  return products
}
`
