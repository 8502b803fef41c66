/**
 * The two register tiles, written once and printed for every width. V8 packs pairs of v128 into 256-bit registers when
 * neighbours are loaded, computed and stored alike (`--experimental-wasm-revectorize`): hence the plain, regular code.
 *
 * A row tile is ROWS rows. Its entry in the list is ROWS output offsets, then for each tap ROWS addresses of input rows;
 * a short row tile repeats its last row, which is computed and stored again with the same result.
 */
export const ROWS = 4

const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i)
const lines = (list: readonly string[], indent: number): string =>
  list.map((line) => `${' '.repeat(indent)}${line}`).join('\n')

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

/** Addend, clamp, gate and store of a tile: all reads come before the first write, so that they may be the output. */
function epilogue(rows: number, access: Access, column: string, indent: number): string {
  const each = (line: (name: string, row: number, vector: number) => string) =>
    eachAccumulator(rows, access.vectors, line)
  const at = (base: string, row: number) => `${base} + o${row}${column}`
  return lines(
    [
      'if (addend) {',
      ...each((c, row, v) => `  ${c} = f32x4.add(${c}, ${access.load(at('addend', row), v)})`),
      '}',
      ...each((c) => `${c} = f32x4.pmin(f32x4.pmax(${c}, clampMin), clampMax)`),
      'if (gate) {',
      ...each((c, row, v) => `  ${c} = gated(${c}, ${access.load(at('gate', row), v)}, gateMin, gateMax)`),
      '}',
      ...each((c, row, v) => access.store(at('out', row), c, v)),
    ],
    indent,
  )
}

const epilogueLocals = `  const addend = job.addend
  const gate = job.gate
  const out = job.out
  const clampMin = f32x4.splat(job.clampMin)
  const clampMax = f32x4.splat(job.clampMax)
  const gateMin = f32x4.splat(job.gateMin)
  const gateMax = f32x4.splat(job.gateMax)`

/**
 * A tile of `rows` × `width` outputs of a dense convolution, over all row tiles of the job: sums over taps, then k, in that
 * order, in `rows`·`width`/4 accumulators.
 */
export function denseTile(rows: number, width: number): string {
  const access = vectorAccess(width)
  const vectors = access.vectors
  const parts = rows / ROWS
  const entry = (row: number) => `entry${Math.floor(row / ROWS)}`
  const step = (index: number) => [
    ...range(vectors).map((v) => `const b${index}${v} = v128.load(b, ${index * 64 + v * 16})`),
    ...range(rows).flatMap((row) => [
      `const x${index}${row} = v128.load32_splat(a${row}, ${index * 4})`,
      ...range(vectors).map((v) => `c${row}${v} = madd(x${index}${row}, b${index}${v}, c${row}${v})`),
    ]),
  ]
  return `
/** ${rows} rows × ${width} columns */
export function dense${rows}x${width}(job: TileJob): void {
  const taps = job.taps
  const k = job.k
  const xOffset = job.xOffset
  const tapOffsets = job.tapOffsets
  const w = job.w
  const bias = job.bias
  const entryBytes = job.entryBytes
${epilogueLocals}
  let list = job.list
  let offsets = job.offsets
  const offsetsStep = job.offsetsStep
  for (let tile = job.rowTiles; tile > 0; tile -= ${parts}) {
${lines(
  eachAccumulator(rows, vectors, (c, _, v) => `let ${c} = ${access.load('bias', v)}`),
  4,
)}
${lines(
  range(parts).map((part) => `let entry${part} = list + ${part} * entryBytes + ${ROWS * 4}`),
  4,
)}
    for (let tap = 0; tap < taps; tap++) {
      let b = w + load<u32>(tapOffsets + (tap << 2))
${lines(
  range(rows).map((row) => `let a${row} = load<u32>(${entry(row)}, ${(row % ROWS) * 4}) + xOffset`),
  6,
)}
${lines(
  range(parts).map((part) => `entry${part} += ${ROWS * 4}`),
  6,
)}
      let i = k
      for (; i >= 2; i -= 2) {
${lines([...step(0), ...step(1), 'b += 128', ...range(rows).map((row) => `a${row} += 8`)], 8)}
      }
      if (i) {
${lines(step(0), 8)}
      }
    }
${lines(
  range(rows).map(
    (row) =>
      `const o${row} = load<u32>(offsets${row < ROWS ? '' : ` + ${Math.floor(row / ROWS)} * offsetsStep`}, ${(row % ROWS) * 4})`,
  ),
  4,
)}
${epilogue(rows, access, '', 4)}
    list += ${parts} * entryBytes
    offsets += ${parts} * offsetsStep
  }
}
`
}

/**
 * ${'`'}ROWS${'`'} outputs × ${'`'}width${'`'} channels of a depthwise convolution, over all row tiles of the job and its channels from
 * ${'`'}begin${'`'} to ${'`'}end${'`'} (width 1: a single lane, for the last channels).
 */
export function depthwiseTile(width: number): string {
  const access = width === 1 ? laneAccess : vectorAccess(width)
  const vectors = access.vectors
  return `
/** ${ROWS} rows × ${width} channels */
export function depthwise${ROWS}x${width}(job: TileJob, begin: usize, end: usize): void {
  const taps = job.taps
  const tapOffsets = job.tapOffsets
  const w = job.w
  const bias = job.bias
  const entryBytes = job.entryBytes
${epilogueLocals}
  let list = job.list
  for (let tile = job.rowTiles; tile > 0; tile--) {
${lines(
  range(ROWS).map((row) => `const o${row} = load<u32>(list, ${row * 4})`),
  4,
)}
    for (let c: usize = begin; c < end; c += ${width * 4}) {
${lines(
  eachAccumulator(ROWS, vectors, (c, _, v) => `let ${c} = f32x4.splat(0)`),
  6,
)}
      if (bias) {
${lines(
  range(vectors).map((v) => `const b${v} = ${access.load('bias + c', v)}`),
  8,
)}
${lines(
  eachAccumulator(ROWS, vectors, (c, _, v) => `${c} = b${v}`),
  8,
)}
      }
      let entry = list + ${ROWS * 4}
      for (let tap = 0; tap < taps; tap++) {
        const b = w + c + load<u32>(tapOffsets + (tap << 2))
${lines(
  [
    ...range(ROWS).map((row) => `const a${row} = load<u32>(entry, ${row * 4}) + c`),
    ...range(vectors).map((v) => `const b${v} = ${access.load('b', v)}`),
    ...eachAccumulator(ROWS, vectors, (c, row, v) => `${c} = madd(${access.load(`a${row}`, v)}, b${v}, ${c})`),
  ],
  8,
)}
        entry += ${ROWS * 4}
      }
${epilogue(ROWS, access, ' + c', 6)}
    }
    list += entryBytes
  }
}
`
}
