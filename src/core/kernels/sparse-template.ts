import { range } from './template.ts'
import { convTile, sumsBody, sumsName, type TileSize, turns } from './tile-template.ts'

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

/** Lines of the listed products of a tile: `counts` and `products` go on. */
const listedLoop = (size: TileSize): string[] => [
  'let i = load<i32>(counts)',
  'counts += 4',
  ...turns(size, (count) => productLines(size, count)),
]

/** A tile of a dense convolution, over the rows of the job and their lists of products; the job's lists go on. */
export const sparseTile = (size: TileSize): string =>
  convTile(size, {
    name: sparseName(size),
    title: `${size.rows} rows × ${size.width} columns, listed products`,
    begin: ['let counts = job.counts', 'let products = job.products'],
    loop: listedLoop(size),
    end: ['job.counts = counts', 'job.products = products'],
  })

export const listedSumsName = ({ rows, width }: TileSize): string => `listedSums${rows}x${width}`

/** A product of matrices and nothing besides: the sums of `sparseTile`, one after the other. */
export const listedSumsTile = (size: TileSize): string => `
/** As ${sumsName(size)}, of the listed products; the end of the lists. */
export function ${listedSumsName(size)}(count: i32, x: usize, rowBytes: usize, b: usize, counts: usize, products: usize, out: usize, adds: bool): usize {
${sumsBody(size, listedLoop(size))}
  return products
}
`
