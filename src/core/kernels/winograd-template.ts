import { epilogue, epilogueLocals, listedRows, vectorAccess } from './epilogue-template.ts'
import { each, lines, range, storedDown, VECTOR_BYTES, VECTORS } from './template.ts'
import { pointStrides, ROOTS, type WinogradTile } from './winograd.ts'
import { weightFactors, weightLines } from './winograd-weights-template.ts'

/**
 * The transforms of `winograd.ts` for one tile, 8 channels at a time: first down the columns, then along the rows; between them
 * they lie in the rank's scratch memory, or in registers where they fit. The rows of each matrix as sums that share their parts.
 */

const add = (p: string, q: string): string => `f32x4.add(${p}, ${q})`
const sub = (p: string, q: string): string => `f32x4.sub(${p}, ${q})`
const mul = (p: string, q: string): string => `f32x4.mul(${p}, ${q})`
const madd = (p: string, q: string, r: string): string => `madd(${p}, ${q}, ${r})`

/** What the transforms multiply by, by its name in them. */
const factors = {
  rootA: ROOTS.a,
  rootB: ROOTS.b,
  halfA: ROOTS.a / 2,
  twoB: ROOTS.b * 2,
  half: 1 / 2,
  two: 2,
  minusA: -ROOTS.a,
  minusB: -ROOTS.b,
  minusHalf: -1 / 2,
  minusTwo: -2,
  minusFiveHalves: -5 / 2,
  ...weightFactors,
}
const names = Object.keys(factors)

/** Lines that load the factors that a transform's lines name. From memory: V8 makes a constant anew wherever it is used. */
const factorLines = (body: string): string =>
  lines(
    names.flatMap((name, i) =>
      new RegExp(`\\b${name}\\b`).test(body)
        ? [`const ${name} = v128.load32_splat(winogradFactors(), ${i * 4})`]
        : [],
    ),
    2,
  )

/** A function that writes the factors for `factorLines`. */
export const factorsSource = (): string => `
export const FACTOR_BYTES: usize = ${names.length * 4}

/** Writes what Winograd's transforms multiply by. */
export function storeFactors(address: usize): void {
${lines(
  Object.values(factors).map((value, i) => `store<f32>(address, <f32>${value}, ${i * 4})`),
  2,
)}
}
`

/** A matrix times a vector: named parts, then the results as expressions of parts and `x(0)`, `x(1)` … */
interface Product {
  readonly parts: Readonly<Record<string, string>>
  readonly results: readonly string[]
}
type Transform = (x: (i: number) => string, part: (name: string) => string) => Product

const transforms: { readonly [T in WinogradTile]: { readonly bT: Transform; readonly aT: Transform } } = {
  2: {
    bT: (x) => ({
      parts: {},
      results: [sub(x(0), x(2)), add(x(1), x(2)), sub(x(2), x(1)), sub(x(1), x(3))],
    }),
    aT: (x) => ({
      parts: {},
      results: [add(add(x(0), x(1)), x(2)), sub(sub(x(1), x(2)), x(3))],
    }),
  },
  4: {
    bT: (x, part) => ({
      parts: {
        even1: madd('minusTwo', x(2), x(4)),
        odd1: madd('minusB', x(1), mul('rootA', x(3))),
        even2: madd('minusHalf', x(2), x(4)),
        odd2: madd('minusA', x(1), mul('rootB', x(3))),
      },
      results: [
        madd('minusFiveHalves', x(2), add(x(0), x(4))),
        add(part('even1'), part('odd1')),
        sub(part('even1'), part('odd1')),
        add(part('even2'), part('odd2')),
        sub(part('even2'), part('odd2')),
        madd('minusFiveHalves', x(3), add(x(1), x(5))),
      ],
    }),
    aT: (x, part) => ({
      parts: {
        sum1: add(x(1), x(2)),
        sum2: add(x(3), x(4)),
        gap1: sub(x(1), x(2)),
        gap2: sub(x(3), x(4)),
      },
      results: [
        add(add(x(0), part('sum1')), part('sum2')),
        madd('rootB', part('gap2'), mul('rootA', part('gap1'))),
        madd('two', part('sum2'), mul('half', part('sum1'))),
        add(madd('twoB', part('gap2'), mul('halfA', part('gap1'))), x(5)),
      ],
    }),
  },
}

/** Where a number of 8 channels is: `offset` bytes behind `base`. */
type Place = (i: number) => { readonly base: string; readonly offset: number }

/** Lines that load `count` numbers of 8 channels each and name what a transform makes of them y0, y1 … (vector v: y0v). */
function transformed(count: number, transform: Transform, from: Place): string[] {
  const products = range(VECTORS).map((v) =>
    transform(
      (i) => `x${i}${v}`,
      (name) => `${name}${v}`,
    ),
  )
  const [{ parts, results } = { parts: {}, results: [] }] = products
  return [
    ...range(count).flatMap((i) =>
      each((v) => `const x${i}${v} = v128.load(${from(i).base}, ${from(i).offset + v * 16})`),
    ),
    ...Object.keys(parts).flatMap((name) => products.map((p, v) => `const ${name}${v} = ${p.parts[name]}`)),
    ...results.flatMap((_, i) => products.map((p, v) => `const y${i}${v} = ${p.results[i]}`)),
  ]
}

/** Lines that store y0, y1 … */
const stored = (count: number, to: Place): string[] =>
  range(count).flatMap((i) =>
    storedDown(each((v) => `v128.store(${to(i).base}, y${i}${v}, ${to(i).offset + v * 16})`)),
  )

/** Whether half a transform's results fit the registers: else they go through the rank's scratch memory. */
const fitsRegisters = (tile: WinogradTile): boolean => tile === 2

/** What a transform makes of x(0), x(1) …, in one expression each */
function resultsOf(transform: Transform, x: (i: number) => string): readonly string[] {
  const { parts, results } = transform(x, (name) => name)
  if (Object.keys(parts).length > 0) throw new RangeError('only a transform without parts fits the registers')
  return results
}

/** A transform down column `x` of p00, p01 … by row and column (vector v: p00v), to `rows` of q00, q01 … */
function downColumn(x: number, transform: Transform, rows: readonly number[]): string[] {
  const results = (v: number) => resultsOf(transform, (i) => `p${i}${x}${v}`)
  return rows.flatMap((row) => each((v) => `const q${row}${x}${v} = ${results(v)[row]}`))
}

/** A transform along row `row` of q00, q01 …, to y0, y1 … */
function alongRow(row: number, transform: Transform): string[] {
  const results = (v: number) => resultsOf(transform, (i) => `q${row}${i}${v}`)
  return results(0).flatMap((_, i) => each((v) => `const y${i}${v} = ${results(v)[i]}`))
}

const inBlock = (body: readonly string[]): string[] => ['{', ...body.map((line) => `  ${line}`), '}']

/** Rows of pixels in the order in which rows of points need them: a row is loaded where it is first read. */
const inputOrder = [
  { pixels: [0, 2], points: [0] },
  { pixels: [1], points: [1, 2] },
  { pixels: [3], points: [3] },
] as const

/** Lines of Bᵀ d B of 2×2 tiles, from the pixels at byte c on, to `points` */
const inputInRegisters = (side: number, bT: Transform, stride: number): string[] =>
  inputOrder.flatMap(({ pixels, points }) => [
    ...pixels.flatMap((y) =>
      range(side).flatMap((x) => [
        `const from${y}${x} = load<u32>(pixels, ${(y * side + x) * 4}) + c`,
        ...each((v) => `const p${y}${x}${v} = v128.load(from${y}${x}, ${v * 16})`),
        ...each((v) => `bits${v} = v128.or(bits${v}, p${y}${x}${v})`),
      ]),
    ),
    ...range(side).flatMap((x) => downColumn(x, bT, points)),
    ...points.flatMap((y) =>
      inBlock([
        ...alongRow(y, bT),
        ...stored(side, (x) => ({ base: 'points', offset: (y * side + x) * stride })),
      ]),
    ),
  ])

/** The same through scratch memory */
const inputThroughScratch = (side: number, bT: Transform, stride: number): string[] => [
  `for (let x: usize = 0; x < ${side}; x++) {`,
  '  const pixel = pixels + (x << 2)',
  `  const column = scratch + x * ${VECTOR_BYTES}`,
  ...[
    ...transformed(side, bT, (i) => ({ base: `load<u32>(pixel, ${i * side * 4}) + c`, offset: 0 })),
    ...range(side).flatMap((i) => each((v) => `bits${v} = v128.or(bits${v}, x${i}${v})`)),
    ...stored(side, (i) => ({ base: 'column', offset: i * side * VECTOR_BYTES })),
  ].map((line) => `  ${line}`),
  '}',
  `for (let y: usize = 0; y < ${side}; y++) {`,
  `  const row = scratch + y * ${side * VECTOR_BYTES}`,
  `  const point = points + y * ${side * stride}`,
  ...[
    ...transformed(side, bT, (i) => ({ base: 'row', offset: i * VECTOR_BYTES })),
    ...stored(side, (i) => ({ base: 'point', offset: i * stride })),
  ].map((line) => `  ${line}`),
  '}',
]

/** A transform's body: its factors, and where it keeps what is half transformed, where it names them. */
const withLocals = (body: string): string =>
  `${factorLines(body)}${/\bscratch\b/.test(body) ? '\n  const scratch = winogradScratch()' : ''}
${body}`

/** Bᵀ d B of a tile. */
export function winogradInput(tile: WinogradTile): string {
  const side = tile + 2
  const { bT } = transforms[tile]
  const { input } = pointStrides[tile]
  const body = `  for (let c: usize = 0; c < end; c += ${VECTOR_BYTES}) {
${lines(
  each((v) => `let bits${v} = v128.load(any + c, ${v * 16})`),
  4,
)}
${lines((fitsRegisters(tile) ? inputInRegisters : inputThroughScratch)(side, bT, input), 4)}
${lines(storedDown(each((v) => `v128.store(any + c, bits${v}, ${v * 16})`)), 4)}
    points += ${VECTOR_BYTES}
  }`
  return `
/**
 * ${side}×${side} pixels, whose addresses are at \`pixels\`, to as many points, ${input} bytes apart; \`end\` bytes of channels. Where any of a
 * channel's pixels has a bit, \`any\` gets it.
 */
export function winogradInput${tile}(pixels: usize, points: usize, any: usize, end: usize): void {
${withLocals(body)}
}
`
}

/** G g Gᵀ of the weights between some channels and a column tile. */
export function winogradWeights(tile: WinogradTile): string {
  const side = tile + 2
  return `
/** 9 taps, \`tapBytes\` apart, to ${side}×${side} points, ${pointStrides[tile].weights} bytes apart; \`end\` bytes of each */
export function winogradWeights${tile}(taps: usize, tapBytes: usize, points: usize, end: usize): void {
${withLocals(weightLines(tile))}
}
`
}

/** In the order of `storedDown`, V8 does not see that the vectors of these blocks belong together. */
const storedUp = (stores: readonly string[]): string[] => [...stores]

/** Lines that finish pixel `x` of a row with the epilogue, where it is in the picture. */
const finished = (x: number): string => `      if (columns > ${x}) {
        const o0 = row + ${x} * pixelBytes
${lines(
  each((v) => `let c0${v} = ${add(`y${x}${v}`, `bias${v}`)}`),
  8,
)}
${epilogue(1, vectorAccess(VECTORS * 4), listedRows(1, ''), 8, storedUp)}
      }`

/** Lines of Aᵀ m A of 2×2 tiles, from `points`, its pixels finished from `row` on */
const outputInRegisters = (tile: WinogradTile, side: number, aT: Transform, stride: number): string[] => [
  ...range(side).flatMap((x) => [
    ...range(side).flatMap((y) =>
      each((v) => `const p${y}${x}${v} = v128.load(points, ${(y * side + x) * stride + v * 16})`),
    ),
    ...downColumn(x, aT, range(tile)),
  ]),
  ...range(tile).flatMap((y) => [
    `if (rows > ${y}) {`,
    ...alongRow(y, aT).map((line) => `  ${line}`),
    ...range(tile).map(finished),
    '  row += lineBytes',
    '}',
  ]),
]

/** The same through scratch memory */
const outputThroughScratch = (tile: WinogradTile, side: number, aT: Transform, stride: number): string[] => [
  `for (let x: usize = 0; x < ${side}; x++) {`,
  `  const point = points + x * ${stride}`,
  `  const column = scratch + x * ${VECTOR_BYTES}`,
  ...[
    ...transformed(side, aT, (i) => ({ base: 'point', offset: i * side * stride })),
    ...stored(tile, (i) => ({ base: 'column', offset: i * side * VECTOR_BYTES })),
  ].map((line) => `  ${line}`),
  '}',
  'for (let y = 0; y < rows; y++) {',
  `  const source = scratch + y * ${side * VECTOR_BYTES}`,
  ...transformed(side, aT, (i) => ({ base: 'source', offset: i * VECTOR_BYTES })).map((line) => `  ${line}`),
  ...range(tile).map(finished),
  '  row += lineBytes',
  '}',
]

/** Aᵀ m A of a tile and 16 channels. */
export function winogradOutput(tile: WinogradTile): string {
  const side = tile + 2
  const { aT } = transforms[tile]
  const { products } = pointStrides[tile]
  const body = `  for (let c: usize = 0; c < 64; c += ${VECTOR_BYTES}) {
${lines(
  each((v) => `const bias${v} = v128.load(bias + c, ${v * 16})`),
  4,
)}
    let row = offset + c
${lines((fitsRegisters(tile) ? outputInRegisters : outputThroughScratch)(tile, side, aT, products), 4)}
    points += ${VECTOR_BYTES}
  }`
  return `
/**
 * ${side * side} points, ${products} bytes apart, to ${tile}×${tile} pixels, of which \`rows\` × \`columns\` are stored, the first one at \`offset\` of
 * the job's output
 */
export function winogradOutput${tile}(
  job: TileJob,
  points: usize,
  offset: usize,
  lineBytes: usize,
  pixelBytes: usize,
  rows: i32,
  columns: i32,
): void {
  const bias = job.bias
${epilogueLocals}
${withLocals(body)}
}
`
}
