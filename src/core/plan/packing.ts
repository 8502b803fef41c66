import { winogradMatrices } from '../kernels/winograd.ts'
import type { ColumnPacking, DepthwisePacking, NarrowPacking, Packing, WinogradPacking } from './lowering.ts'

/** Columns of a weight tile of the dense kernel. */
const TILE_COLUMNS = 16

/** Numbers that the packed weights take. */
export function packedLength(packing: Packing): number {
  switch (packing.kind) {
    case 'depthwise':
      return packing.taps * packing.channels
    case 'narrow':
      return packing.taps * packing.n * packing.k
    case 'winograd':
      return (packing.tile + 2) ** 2 * packing.k * packing.n
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
    case 'winograd':
      packWinograd(source, packing, out)
      break
    default:
      packColumns(source, packing, out)
  }
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

/** G g Gᵀ of every pair of channels, in f64. */
function packWinograd(source: ArrayLike<number>, packing: WinogradPacking, out: Float32Array): void {
  const { tile, offset, k, n, tapStride, kStride, nStride } = packing
  const side = tile + 2
  const points = side * side
  const g = winogradMatrices[tile].g.flat()
  const half = new Float64Array(side * 3)
  for (let column = 0; column < n; column++)
    for (let row = 0; row < k; row++) {
      const from = offset + row * kStride + column * nStride
      // G g
      for (let p = 0; p < side; p++)
        for (let kx = 0; kx < 3; kx++) {
          let sum = 0
          for (let ky = 0; ky < 3; ky++)
            sum += (g[p * 3 + ky] ?? 0) * (source[from + (3 * ky + kx) * tapStride] ?? 0)
          half[p * 3 + kx] = sum
        }
      const first = Math.floor(column / TILE_COLUMNS) * points * k * TILE_COLUMNS
      let at = first + row * TILE_COLUMNS + (column % TILE_COLUMNS)
      // (G g) Gᵀ
      for (let p = 0; p < side; p++)
        for (let q = 0; q < side; q++) {
          let sum = 0
          for (let kx = 0; kx < 3; kx++) sum += (half[p * 3 + kx] ?? 0) * (g[q * 3 + kx] ?? 0)
          out[at] = sum
          at += k * TILE_COLUMNS
        }
    }
}
