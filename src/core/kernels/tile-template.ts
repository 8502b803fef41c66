import { lines, range } from './template.ts'

/**
 * The two register tiles, written once and printed for every size. V8 packs pairs of v128 into 256-bit registers when
 * neighbours are loaded, computed and stored alike (`--experimental-wasm-revectorize`): hence the plain, regular code.
 *
 * A tile finds its rows in the block's list: one u32 per row where it goes in the output, then for each tap one u32 per row,
 * the address of the input row. The list is longer than the block: a short tile repeats the last row, which is computed and
 * stored again with the same result.
 */

/** How a tile's vectors are loaded and stored: whole vectors of 4, or a single lane. */
interface Access {
  readonly vectors: number
  readonly load: (address: string, vector: number) => string
  readonly store: (address: string, value: string, vector: number) => string
}

const vectorAccess = (width: number): Access => ({
  vectors: width / 4,
  load: (address, vector) => `v128.load(${address}, ${vector * 16})`,
  store: (address, value, vector) => `v128.store(${address}, ${value}, ${vector * 16})`,
})

const laneAccess: Access = {
  vectors: 1,
  load: (address) => `v128.load32_zero(${address})`,
  store: (address, value) => `v128.store32_lane(${address}, ${value}, 0)`,
}

const eachAccumulator = (
  rows: number,
  vectors: number,
  line: (name: string, row: number, vector: number) => string,
) => range(rows).flatMap((row) => range(vectors).map((vector) => line(`c${row}${vector}`, row, vector)))

/** Operands of a tile's rows: numbers laid out like the output, or a bit for each of them. */
type Operand = 'addend' | 'gate' | 'out' | 'gateBits' | 'maskBits'
const isBits = (operand: Operand): boolean => operand.endsWith('Bits')

/** Prints lines for each row of a tile, which know where the row's numbers lie in each of the operands. */
type Rows = (
  operands: readonly Operand[],
  line: (addresses: readonly string[], row: number) => string[],
) => string[]

/** Rows whose offsets in the output are `o0`, `o1` …, from the column at byte `column` on. */
const listedRows =
  (rows: number, column: string): Rows =>
  (operands, line) =>
    range(rows).flatMap((row) => {
      const offset = `o${row}${column}`
      const address = (operand: Operand) =>
        isBits(operand) ? `${operand} + ((${offset}) >> 5)` : `${operand} + ${offset}`
      return line(operands.map(address), row)
    })

/** Rows `rowBytes` apart in the output, the first at `first`. */
const evenRows =
  (rows: number): Rows =>
  (operands, line) => [
    ...operands.map(
      (operand) => `let ${operand}At = ${operand} + ${isBits(operand) ? '(first >> 5)' : 'first'}`,
    ),
    ...range(rows).flatMap((row) => [
      ...line(
        operands.map((operand) => `${operand}At`),
        row,
      ),
      ...operands.map((operand) => `${operand}At += ${isBits(operand) ? 'rowBits' : 'rowBytes'}`),
    ]),
  ]

/** Addend, clamp, gate and store of a tile: all reads come before the first write, so that they may be the output. */
function epilogue(rows: number, { vectors, load, store }: Access, each: Rows, indent: number): string {
  const accumulators = (row: number) => range(vectors).map((v) => `c${row}${v}`)
  const whereAny = (operand: Operand, body: readonly string[]) => [
    `if (${operand}) {`,
    ...body.map((line) => `  ${line}`),
    '}',
  ]
  const addend = each(['addend'], ([at = ''], row) =>
    accumulators(row).map((c, v) => `${c} = f32x4.add(${c}, ${load(at, v)})`),
  )
  const clamp = eachAccumulator(
    rows,
    vectors,
    (c) => `${c} = f32x4.pmin(f32x4.pmax(${c}, clampMin), clampMax)`,
  )
  const gate = each(['gate'], ([at = ''], row) =>
    accumulators(row).map((c, v) => `${c} = gated(${c}, ${load(at, v)}, gateMin, gateMax)`),
  )
  const stores = each(['out'], ([at = ''], row) => accumulators(row).map((c, v) => store(at, c, v)))
  return lines(
    [
      ...whereAny('addend', addend),
      ...clamp,
      ...whereAny('gate', gate),
      ...(vectors < 2 ? [] : whereAny('gateBits', gateBitLines(vectors, each))),
      ...stores,
      ...(vectors < 2 ? [] : whereAny('maskBits', maskBitLines(vectors, each))),
    ],
    indent,
  )
}

/** Masks of 8 lanes by the byte that holds their bits: `byteMasks`. */
const MASK_BYTES = 32

/** Lines that keep what a row's bits say; only of tiles whose columns are whole bytes of bits. */
const gateBitLines = (vectors: number, each: Rows): string[] =>
  each(['gateBits'], ([at = ''], row) =>
    range(vectors / 2).flatMap((byte) => [
      `const keep${row}${byte} = byteMasks() + <usize>load<u8>(${at}, ${byte}) * ${MASK_BYTES}`,
      ...[0, 1].map((half) => {
        const c = `c${row}${2 * byte + half}`
        return `${c} = v128.and(${c}, v128.load(keep${row}${byte}, ${half * 16}))`
      }),
    ]),
  )

/** Lines that write a row's bits from what was stored: as numbers in registers they would have to be taken apart. */
function maskBitLines(vectors: number, each: Rows): string[] {
  const [type, mask] = vectors === 4 ? ['u16', 'maskOf16'] : ['u8', 'maskOf8']
  return each(['out', 'maskBits'], ([out = '', bits = '']) => [
    `store<${type}>(${bits}, ${mask}(${out}, gateMin, gateMax))`,
  ])
}

const epilogueLocals = `  const addend = job.addend
  const gate = job.gate
  const gateBits = job.gateBits
  const maskBits = job.maskBits
  const out = job.out
  const clampMin = f32x4.splat(job.clampMin)
  const clampMax = f32x4.splat(job.clampMax)
  const gateMin = f32x4.splat(job.gateMin)
  const gateMax = f32x4.splat(job.gateMax)`

export interface TileSize {
  readonly rows: number
  /** columns: a multiple of 4 */
  readonly width: number
  /** products per turn of the inner loop */
  readonly unroll: number
}

export const denseName = ({ rows, width }: TileSize): string => `dense${rows}x${width}`

/** Lines of `count` products of a tile: `b` and each row's `a` go on. */
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
function productLoop(size: TileSize, k: string, indent: number): string {
  const { unroll } = size
  const rest = ['for (; i > 0; i--) {', ...productLines(size, 1).map((line) => `  ${line}`), '}']
  return lines(
    [
      `let i = ${k}`,
      `for (; i >= ${unroll}; i -= ${unroll}) {`,
      ...productLines(size, unroll).map((line) => `  ${line}`),
      '}',
      ...(unroll === 1 ? [] : rest),
    ],
    indent,
  )
}

/**
 * A tile of a dense convolution, over the rows of the job: sums over taps, then k, in that order, in rows·width/4
 * accumulators.
 */
export function denseTile(size: TileSize): string {
  const { rows, width } = size
  const access = vectorAccess(width)
  return `
/** ${rows} rows × ${width} columns */
export function ${denseName(size)}(job: TileJob): void {
  const taps = job.taps
  const k = job.k
  const xOffset = job.xOffset
  const tapOffsets = job.tapOffsets
  const w = job.w
  const bias = job.bias
  const listStep = job.listStep
${epilogueLocals}
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
${productLoop(size, 'k', 6)}
    }
${lines(
  range(rows).map((row) => `const o${row} = load<u32>(offsets, ${row * 4})`),
  4,
)}
${epilogue(rows, access, listedRows(rows, ''), 4)}
    list += ${rows * 4}
    offsets += ${rows * 4}
  }
}
`
}

export const sumsName = ({ rows, width }: TileSize): string => `sums${rows}x${width}`

/** A product of matrices and nothing besides: the sums of \`denseTile\`, one after the other. */
export function sumsTile(size: TileSize): string {
  const { rows, width } = size
  const access = vectorAccess(width)
  return `
/**
 * \`count\` rows of \`k\` numbers, \`rowBytes\` apart, times ${width} columns, to rows of ${width} numbers. ${rows} rows at a time: those that
 * complete the last ${rows} are read and written too.
 */
export function ${sumsName(size)}(count: i32, x: usize, rowBytes: usize, w: usize, k: i32, out: usize): void {
  for (let left = count; left > 0; left -= ${rows}) {
${lines(
  eachAccumulator(rows, access.vectors, (c) => `let ${c} = f32x4.splat(0)`),
  4,
)}
    let b = w
${lines(
  range(rows).map((row) => `let a${row} = x + ${row} * rowBytes`),
  4,
)}
${productLoop(size, 'k', 4)}
${lines(
  eachAccumulator(rows, access.vectors, (c, row, v) => `v128.store(out, ${c}, ${row * width * 4 + v * 16})`),
  4,
)}
    x += ${rows} * rowBytes
    out += ${rows * width * 4}
  }
}
`
}

/** Rows of a depthwise tile. */
const DEPTHWISE_ROWS = 4

/**
 * A tile of a depthwise convolution, over the rows of the job and its channels from byte `begin` to `end` (width 1: a single
 * lane, for the last channels).
 */
export function depthwiseTile(width: number): string {
  const access = width === 1 ? laneAccess : vectorAccess(width)
  const vectors = access.vectors
  const rows = DEPTHWISE_ROWS
  return `
/** ${rows} rows × ${width} channels */
export function depthwise${rows}x${width}(job: TileJob, begin: usize, end: usize): void {
  const taps = job.taps
  const tapOffsets = job.tapOffsets
  const w = job.w
  // without a bias: zeros, the same ones for all channels
  const bias = job.bias ? job.bias : zeroRow()
  const biasMask: usize = job.bias ? -1 : 0
  const listStep = job.listStep
${epilogueLocals}
  let list = job.list
  for (let left = job.rows; left > 0; left -= ${rows}) {
${lines(
  range(rows).map((row) => `const o${row} = load<u32>(list, ${row * 4})`),
  4,
)}
    for (let c: usize = begin; c < end; c += ${width * 4}) {
${lines(
  eachAccumulator(rows, vectors, (c, _, v) => `let ${c} = ${access.load('bias + (c & biasMask)', v)}`),
  6,
)}
      let entry = list
      for (let tap = 0; tap < taps; tap++) {
        entry += listStep
        const b = w + c + load<u32>(tapOffsets + (tap << 2))
${lines(
  [
    ...range(rows).map((row) => `const a${row} = load<u32>(entry, ${row * 4}) + c`),
    ...range(vectors).map((v) => `const b${v} = ${access.load('b', v)}`),
    ...eachAccumulator(
      rows,
      vectors,
      (c, row, v) => `${c} = madd(${access.load(`a${row}`, v)}, b${v}, ${c})`,
    ),
  ],
  8,
)}
      }
${epilogue(rows, access, listedRows(rows, ' + c'), 6)}
    }
    list += ${rows * 4}
  }
}
`
}

/** Rows of a strip, outputs side by side: the largest power-of-two part of 224 leaves 7, so it fits all maps of most nets. */
export const STRIP_ROWS = 7

export interface StripSize {
  /** taps of a line of the window */
  readonly taps: number
  /** input pixels from an output to the next */
  readonly stride: number
}

export const stripName = ({ taps, stride }: StripSize): string => `strip${taps}by${stride}`

/**
 * ${'`STRIP_ROWS`'} neighbouring outputs of a depthwise convolution, for the channels from byte `begin` to `end`, 8 at a time: an input
 * pixel is loaded once for all the outputs and taps of a line that read it. The job's list is what `listStrips` makes; there are
 * `count` strips on the line.
 * The sums are those of `depthwiseTile`, in the same order.
 */
export function stripTile(size: StripSize): string {
  const { taps, stride } = size
  const access = vectorAccess(8)
  const vectors = access.vectors
  const pixels = (STRIP_ROWS - 1) * stride + taps
  // one pixel after the other, in the same variables: in another order their numbers need more registers than there are
  const products = (pixel: number) =>
    range(STRIP_ROWS)
      .map((row) => ({ row, tap: pixel - row * stride }))
      .filter(({ tap }) => tap >= 0 && tap < taps)
      .flatMap(({ row, tap }) =>
        range(vectors).map((v) => `c${row}${v} = madd(x${v}, w${tap}${v}, c${row}${v})`),
      )
  return `
/** ${STRIP_ROWS} outputs ${stride} apart, ${taps} taps a line */
export function ${stripName(size)}(job: TileJob, count: i32, begin: usize, end: usize): void {
  const windowLines = job.taps / ${taps}
  const tapOffsets = job.tapOffsets
${taps > 1 ? '  const tapStep: usize = load<u32>(tapOffsets, 4) - load<u32>(tapOffsets)' : ''}
  const w = job.w
  const bias = job.bias ? job.bias : zeroRow()
  const biasMask: usize = job.bias ? -1 : 0
  let list = job.list
${epilogueLocals}
  const lineBytes = job.listStep
  const rowBytes: usize = stripRowBytes
  const rowBits: usize = stripRowBytes >> 5
  let offset: usize = stripOffset
  for (let strip = 0; strip < count; strip++) {
  for (let c: usize = begin; c < end; c += 32) {
${lines(
  eachAccumulator(STRIP_ROWS, vectors, (c, _, v) => `let ${c} = ${access.load('bias + (c & biasMask)', v)}`),
  4,
)}
    let entry = list
    let tap = tapOffsets
    const weights = w + c
    for (let left = windowLines; left > 0; left--) {
      let b = weights + load<u32>(tap)
${lines(
  range(taps).flatMap((k) => [
    ...range(vectors).map((v) => `const w${k}${v} = ${access.load('b', v)}`),
    ...(k < taps - 1 ? ['b += tapStep'] : []),
  ]),
  6,
)}
${lines(
  [
    ...range(vectors).map((v) => `let x${v} = f32x4.splat(0)`),
    ...range(pixels).flatMap((pixel) => [
      `const a${pixel} = load<u32>(entry, ${pixel * 4}) + c`,
      ...range(vectors).map((v) => `x${v} = ${access.load(`a${pixel}`, v)}`),
      ...products(pixel),
    ]),
  ],
  6,
)}
      entry += lineBytes
      tap += ${taps * 4}
    }
    const first = offset + c
${epilogue(STRIP_ROWS, access, evenRows(STRIP_ROWS), 4)}
  }
    list += windowLines * lineBytes
    offset += stripBytes
  }
}
`
}
