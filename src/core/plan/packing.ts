import type { ColumnPacking, DepthwisePacking, NarrowPacking, Packing } from './lowering.ts'

/** Columns of a weight tile of the dense kernel. */
const TILE_COLUMNS = 16

/** Numbers that the packed weights take. */
export function packedLength(packing: Packing): number {
  switch (packing.kind) {
    case 'depthwise':
      return packing.taps * packing.channels
    case 'narrow':
      return packing.taps * packing.n * packing.k
    default:
      return packing.groups * Math.ceil(packing.n / TILE_COLUMNS) * TILE_COLUMNS * packing.taps * packing.k
  }
}

/** Fills `out`, of `packedLength`, with the source's numbers in the kernel's order. */
export function pack(source: ArrayLike<number>, packing: Packing, out: Float32Array): void {
  switch (packing.kind) {
    case 'depthwise':
      packDepthwise(source, packing, out)
      break
    case 'narrow':
      packNarrow(source, packing, out)
      break
    default:
      packColumns(source, packing, out)
  }
}

/** [group][tile][tap][k][16] from the source's strides, zero beyond column n. The `pack` kernel's twin. */
function packColumns(source: ArrayLike<number>, packing: ColumnPacking, out: Float32Array): void {
  eachRow(packing, (at, from, columns) => {
    for (let column = 0; column < columns; column++)
      out[at + column] = source[from + column * packing.nStride] ?? 0
    if (columns < TILE_COLUMNS) out.fill(0, at + columns, at + TILE_COLUMNS)
  })
}

/** Fills `out` with the numbers that were packed to `packed`, each in the place that it came from. */
export function unpackColumns(packed: ArrayLike<number>, packing: ColumnPacking, out: Float32Array): void {
  eachRow(packing, (at, from, columns) => {
    for (let column = 0; column < columns; column++)
      out[from + column * packing.nStride] = packed[at + column] ?? 0
  })
}

/** Visits the packed rows in order: where each lies, where in the source its first number comes from, its columns. */
function eachRow(packing: ColumnPacking, visit: (at: number, from: number, columns: number) => void): void {
  const { offset, groups, taps, k, n, groupStride, tapStride, kStride, nStride } = packing
  const tiles = Math.ceil(n / TILE_COLUMNS)
  let at = 0
  for (let group = 0; group < groups; group++)
    for (let tile = 0; tile < tiles; tile++) {
      const columns = Math.min(TILE_COLUMNS, n - tile * TILE_COLUMNS)
      for (let tap = 0; tap < taps; tap++) {
        let from = offset + group * groupStride + tap * tapStride + tile * TILE_COLUMNS * nStride
        for (let row = 0; row < k; row++, from += kStride, at += TILE_COLUMNS) visit(at, from, columns)
      }
    }
}

function packNarrow(source: ArrayLike<number>, packing: NarrowPacking, out: Float32Array): void {
  const { taps, k, n, tapStride, kStride, nStride } = packing
  let at = 0
  for (let tap = 0; tap < taps; tap++)
    for (let column = 0; column < n; column++)
      for (let row = 0; row < k; row++)
        out[at++] = source[tap * tapStride + column * nStride + row * kStride] ?? 0
}

function packDepthwise(source: ArrayLike<number>, packing: DepthwisePacking, out: Float32Array): void {
  const { taps, channels, tapStride, channelStride } = packing
  for (let tap = 0; tap < taps; tap++)
    for (let channel = 0; channel < channels; channel++)
      out[tap * channels + channel] = source[tap * tapStride + channel * channelStride] ?? 0
}
