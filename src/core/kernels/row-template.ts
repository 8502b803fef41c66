import { eachAccumulator, vectorAccess } from './epilogue-template.ts'
import { lines, range, storedDown } from './template.ts'

/** Columns of a column tile. */
const WIDTH = 16

/** Column tiles that a row is multiplied with at once. */
export const rowSizes = [4, 1] as const

export const rowName = (tiles: number): string => `row${tiles}`

/**
 * Products of a single row with column tiles, added to their sums, in the order of k. Each tile's weights are read where they lie: of
 * several tiles, as many places in memory from which weights are on their way.
 */
export function rowTile(tiles: number): string {
  const { vectors, load, store } = vectorAccess(WIDTH)
  const each = (line: (c: string, tile: number, v: number) => string) => eachAccumulator(tiles, vectors, line)
  const at = (tile: number, v: number) => tile * vectors + v
  return `
/** \`k\` numbers at \`x\` times ${tiles} × ${WIDTH} columns, whose weights begin at \`w\`, \`tileBytes\` apart; their sums lie side by side */
export function ${rowName(tiles)}(x: usize, k: i32, w: usize, tileBytes: usize, sums: usize): void {
${lines(
  [
    ...range(tiles).map((tile) => `let w${tile} = w + ${tile} * tileBytes`),
    ...each((c, tile, v) => `let ${c} = ${load('sums', at(tile, v))}`),
    'for (let left = k; left > 0; left--) {',
    '  const factor = v128.load32_splat(x)',
    ...each((c, tile, v) => `  ${c} = madd(factor, ${load(`w${tile}`, v)}, ${c})`),
    '  x += 4',
    ...range(tiles).map((tile) => `  w${tile} += ${WIDTH * 4}`),
    '}',
    ...storedDown(each((c, tile, v) => store('sums', c, at(tile, v)))),
  ],
  2,
)}
}
`
}
