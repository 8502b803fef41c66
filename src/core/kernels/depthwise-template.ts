import {
  eachAccumulator,
  epilogue,
  epilogueLocals,
  evenRows,
  laneAccess,
  listedRows,
  vectorAccess,
} from './epilogue-template.ts'
import { lines, range } from './template.ts'

/** The register tiles of depthwise convolutions: of rows from the block's list (see tile-template.ts), and of neighbours on a line. */

const biasLocals = `  // without a bias: zeros, the same ones for all channels
  const bias = job.bias ? job.bias : zeroRow()
  const biasMask: usize = job.bias ? -1 : 0`

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
${biasLocals}
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
${biasLocals}
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
