import type { Packing } from './lowering.ts'

/** Columns of a weight tile of the dense kernel. */
export const TILE_COLUMNS = 16

export const packedLength = ({ groups, taps, k, n }: Packing): number =>
  groups * Math.ceil(n / TILE_COLUMNS) * TILE_COLUMNS * taps * k

/** Fills `out` with [group][tile][tap][k][16] from the source's strides, zero beyond column n. The `pack` kernel's twin. */
export function pack(source: ArrayLike<number>, packing: Packing, out: Float32Array): void {
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
