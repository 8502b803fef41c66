import type { ColumnPacking, DepthwisePacking, Packing } from './lowering.ts'

/** Columns of a weight tile of the dense kernel. */
const TILE_COLUMNS = 16

/** Numbers that the packed weights take. */
export const packedLength = (packing: Packing): number =>
  packing.kind === 'depthwise'
    ? packing.taps * packing.channels
    : packing.groups * Math.ceil(packing.n / TILE_COLUMNS) * TILE_COLUMNS * packing.taps * packing.k

/** Fills `out`, of `packedLength`, with the source's numbers in the kernel's order. */
export function pack(source: ArrayLike<number>, packing: Packing, out: Float32Array): void {
  if (packing.kind === 'depthwise') packDepthwise(source, packing, out)
  else packColumns(source, packing, out)
}

/** [group][tile][tap][k][16] from the source's strides, zero beyond column n. The `pack` kernel's twin. */
function packColumns(source: ArrayLike<number>, packing: ColumnPacking, out: Float32Array): void {
  const { offset, groups, taps, k, n, groupStride, tapStride, kStride, nStride } = packing
  const tiles = Math.ceil(n / TILE_COLUMNS)
  let at = 0
  for (let group = 0; group < groups; group++)
    for (let tile = 0; tile < tiles; tile++) {
      const columns = Math.min(TILE_COLUMNS, n - tile * TILE_COLUMNS)
      for (let tap = 0; tap < taps; tap++)
        for (let row = 0; row < k; row++) {
          const from =
            offset + group * groupStride + tap * tapStride + row * kStride + tile * TILE_COLUMNS * nStride
          for (let column = 0; column < columns; column++)
            out[at + column] = source[from + column * nStride] ?? 0
          out.fill(0, at + columns, at + TILE_COLUMNS)
          at += TILE_COLUMNS
        }
    }
}

function packDepthwise(source: ArrayLike<number>, packing: DepthwisePacking, out: Float32Array): void {
  const { taps, channels, tapStride, channelStride } = packing
  for (let tap = 0; tap < taps; tap++)
    for (let channel = 0; channel < channels; channel++)
      out[tap * channels + channel] = source[tap * tapStride + channel * channelStride] ?? 0
}
