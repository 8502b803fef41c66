import { lines, range, storedDown } from './template.ts'

/**
 * What the register tiles have in common, dense and depthwise: how their vectors are read and written, and what they do with their
 * sums. V8 packs pairs of v128 into 256-bit registers when neighbours are loaded, computed and stored alike
 * (`--experimental-wasm-revectorize`): hence the plain, regular code.
 */

/** How a tile's vectors are loaded and stored: whole vectors of 4, or a single lane. */
export interface Access {
  readonly vectors: number
  readonly load: (address: string, vector: number) => string
  readonly store: (address: string, value: string, vector: number) => string
}

export const vectorAccess = (width: number): Access => ({
  vectors: width / 4,
  load: (address, vector) => `v128.load(${address}, ${vector * 16})`,
  store: (address, value, vector) => `v128.store(${address}, ${value}, ${vector * 16})`,
})

export const laneAccess: Access = {
  vectors: 1,
  load: (address) => `v128.load32_zero(${address})`,
  store: (address, value) => `v128.store32_lane(${address}, ${value}, 0)`,
}

export const eachAccumulator = (
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
export const listedRows =
  (rows: number, column: string): Rows =>
  (operands, line) =>
    range(rows).flatMap((row) => {
      const offset = `o${row}${column}`
      const address = (operand: Operand) =>
        isBits(operand) ? `${operand} + ((${offset}) >> 5)` : `${operand} + ${offset}`
      return line(operands.map(address), row)
    })

/** Rows `rowBytes` apart in the output, the first at `first`. */
export const evenRows =
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

/**
 * Addend, clamp, gate and store of a tile: all reads come before the first write, so that they may be the output. `ordered` says in
 * which order a row's vectors are stored.
 */
export function epilogue(
  rows: number,
  { vectors, load, store }: Access,
  each: Rows,
  indent: number,
  ordered = storedDown,
): string {
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
  const stores = each(['out'], ([at = ''], row) => ordered(accumulators(row).map((c, v) => store(at, c, v))))
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

/**
 * Lines that keep what a row's bits say; only of tiles whose columns are whole bytes of bits. Each lane of 8 looks at its own bit of
 * the byte, which all have.
 */
const gateBitLines = (vectors: number, each: Rows): string[] => [
  ...[0, 1].map((half) => `const own${half} = v128.load(laneBits(), ${half * 16})`),
  ...each(['gateBits'], ([at = ''], row) =>
    range(vectors / 2).flatMap((byte) => [
      `const bits${row}${byte} = v128.load8_splat(${at}, ${byte})`,
      ...[0, 1].map((half) => {
        const c = `c${row}${2 * byte + half}`
        return `${c} = v128.and(${c}, i32x4.eq(v128.and(bits${row}${byte}, own${half}), own${half}))`
      }),
    ]),
  ),
]

/** Lines that write a row's bits from what was stored: as numbers in registers they would have to be taken apart. */
function maskBitLines(vectors: number, each: Rows): string[] {
  const [type, mask] = vectors === 4 ? ['u16', 'maskOf16'] : ['u8', 'maskOf8']
  return each(['out', 'maskBits'], ([out = '', bits = '']) => [
    `store<${type}>(${bits}, ${mask}(${out}, gateMin, gateMax))`,
  ])
}

export const epilogueLocals = `  const addend = job.addend
  const gate = job.gate
  const gateBits = job.gateBits
  const maskBits = job.maskBits
  const out = job.out
  const clampMin = f32x4.splat(job.clampMin)
  const clampMax = f32x4.splat(job.clampMax)
  const gateMin = f32x4.splat(job.gateMin)
  const gateMax = f32x4.splat(job.gateMax)`
