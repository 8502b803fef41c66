import { each, lines, range, storedDown, VECTOR_BYTES } from './template.ts'
import { pointStrides, type WinogradTile, winogradMatrices } from './winograd.ts'

/**
 * G g Gᵀ of `winograd.ts`, 8 weights at a time, in registers: first down the columns of taps, then along the rows. The points between 0
 * and ∞ come in pairs ±p: what G makes of three taps in them is even + odd and even − odd.
 */

/** The first points of the pairs. */
const pairs = (tile: WinogradTile): readonly number[] => range(tile / 2).map((i) => 2 * i + 1)

const factorName = (tile: WinogradTile, point: number, tap: number): string => `g${tile}${point}${tap}`

/** What the taps are multiplied by in the first point of each pair, by its name. */
export const weightFactors: Readonly<Record<string, number>> = Object.fromEntries(
  ([2, 4] as const).flatMap((tile) =>
    pairs(tile).flatMap((point) =>
      range(3).map((tap) => [factorName(tile, point, tap), winogradMatrices[tile].g[point]?.[tap] ?? 0]),
    ),
  ),
)

/** Lines that make two points of the taps x(0), x(1), x(2), named y(point) and y(point + 1); vector v of a name is name_v. */
function pairLines(
  tile: WinogradTile,
  point: number,
  x: (tap: number) => string,
  y: (point: number) => string,
): string[] {
  const [even, odd] = [`${y(point)}even`, `${y(point)}odd`]
  const g = (tap: number) => factorName(tile, point, tap)
  return [
    ...each((v) => `const ${even}_${v} = madd(${g(2)}, ${x(2)}_${v}, f32x4.mul(${g(0)}, ${x(0)}_${v}))`),
    ...each((v) => `const ${odd}_${v} = f32x4.mul(${g(1)}, ${x(1)}_${v})`),
    ...each((v) => `const ${y(point)}_${v} = f32x4.add(${even}_${v}, ${odd}_${v})`),
    ...each((v) => `const ${y(point + 1)}_${v} = f32x4.sub(${even}_${v}, ${odd}_${v})`),
  ]
}

/** Lines that load the three taps of row `y`: w{y}0, w{y}1, w{y}2. */
const tapLines = (y: number): string[] =>
  range(3).flatMap((x) => [
    `const from${y}${x} = row${y} + ${x} * tapBytes`,
    ...each((v) => `const w${y}${x}_${v} = v128.load(from${y}${x}, ${v * 16})`),
  ])

/** Lines that make row `row` of the points of h(0), h(1), h(2), and store it. */
function rowLines(tile: WinogradTile, row: number, h: (x: number) => string): string[] {
  const side = tile + 2
  const name = (point: number) => (point === 0 ? h(0) : point === side - 1 ? h(2) : `u${row}${point}`)
  return [
    ...pairs(tile).flatMap((point) => pairLines(tile, point, h, name)),
    ...range(side).flatMap((point) => {
      const offset = (row * side + point) * pointStrides[tile].weights
      return storedDown(each((v) => `v128.store(points, ${name(point)}_${v}, ${offset + v * 16})`))
    }),
  ]
}

/** Lines in groups: an outermost row of points is that of one row of taps; the rows of a pair are made together. */
function rowGroups(tile: WinogradTile): readonly string[][] {
  const outer = (row: number, y: number) => [...tapLines(y), ...rowLines(tile, row, (x) => `w${y}${x}`)]
  const pair = (point: number) => [
    ...range(3).flatMap(tapLines),
    ...range(3).flatMap((x) =>
      pairLines(
        tile,
        point,
        (y) => `w${y}${x}`,
        (row) => `h${row}${x}`,
      ),
    ),
    ...[point, point + 1].flatMap((row) => rowLines(tile, row, (x) => `h${row}${x}`)),
  ]
  return [outer(0, 0), ...pairs(tile).map(pair), outer(tile + 1, 2)]
}

/** The body of the transform: its rows of taps move on. */
export const weightLines = (tile: WinogradTile): string => `  let row0 = taps
  let row1 = taps + 3 * tapBytes
  let row2 = taps + 6 * tapBytes
  for (let c: usize = 0; c < end; c += ${VECTOR_BYTES}) {
${rowGroups(tile)
  .map((group) => lines(['{', ...group.map((line) => `  ${line}`), '}'], 4))
  .join('\n')}
${lines(
  ['row0', 'row1', 'row2', 'points'].map((pointer) => `${pointer} += ${VECTOR_BYTES}`),
  4,
)}
  }`
