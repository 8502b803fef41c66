import type { Case } from './case.ts'
import { type Epilogue, epilogue, everything } from './dense-cases.ts'

/** Sums of products that the transforms weigh with up to 25, in f32 instead of f64. */
const TRANSFORMED = 2e-5

interface Winograd extends Epilogue {
  readonly size?: readonly [h: number, w: number]
  readonly pad?: readonly [top: number, left: number]
  readonly batch?: number
  readonly channels?: number
  readonly filters?: number
  readonly transposed?: number
  readonly turned?: number
  /** an input of which many numbers are 0 */
  readonly sparse?: boolean
}

function winogradCases(title: string, w: Winograd): Case<'winograd'>[] {
  return [4, 2].map((tile) => ({
    title: `${title}, F(${tile}×${tile}, 3×3)`,
    tolerance: TRANSFORMED,
    args(box) {
      const { size: [inH, inW] = [9, 10], pad: [padTop, padLeft] = [1, 1], batch = 1 } = w
      const { channels = 8, filters = 16, transposed = 0, turned = 0 } = w
      const [outH, outW] = [inH + 2 * padTop - 2, inW + 2 * padLeft - 2]
      const outputs = batch * outH * outW * filters
      return {
        x: w.sparse ? box.sparse(batch * inH * inW, channels) : box.real(batch * inH * inW * channels, -1, 1),
        w: box.real(9 * channels * filters, -4 / channels, 4 / channels),
        out: box.empty(outputs),
        ...{ batch, inH, inW, outH, outW, padTop, padLeft, channels, filters, tile, transposed, turned },
        sparse: w.sparse ? 2 : 0,
        ...epilogue(box, w, filters, outputs),
      }
    },
  }))
}

export const winograd: readonly Case<'winograd'>[] = [
  winogradCases('a picture of whole tiles', { size: [8, 12] }),
  winogradCases('a picture smaller than a tile', { size: [1, 3] }),
  winogradCases('prime sizes, batched', { size: [7, 13], batch: 3 }),
  winogradCases('no padding', { size: [9, 7], pad: [0, 0] }),
  winogradCases('a wide padding', { size: [3, 5], pad: [2, 3] }),
  winogradCases('many channels', { channels: 200, filters: 32, size: [5, 6] }),
  winogradCases('several units of tiles', { size: [37, 41], channels: 16, filters: 48 }),
  winogradCases('several blocks of tiles', { size: [60, 61] }),
  winogradCases('units of some columns each', { size: [20, 20], channels: 32, filters: 256 }),
  winogradCases('blocks of few tiles', { size: [25, 26], channels: 1024, filters: 16 }),
  winogradCases('all parts', { ...everything, clamp: [-1, 0.5], filters: 32, batch: 2 }),
  winogradCases('bias alone', { bias: true, filters: 32 }),
  winogradCases('an addend alone', { addend: true }),
  winogradCases('a clamp alone', { clamp: [0, 6] }),
  winogradCases('a gate alone', { gate: [0, Infinity] }),
  winogradCases('a window turned around', { transposed: 1, filters: 32 }),
  winogradCases('turned weights', { turned: 1, channels: 16, filters: 48 }),
  winogradCases('turned weights of many channels', { turned: 1, channels: 208, filters: 32, size: [5, 6] }),
  winogradCases('turned weights of many channels, turned around', {
    ...{ turned: 1, transposed: 1, channels: 208, filters: 32, size: [5, 6] },
  }),
  winogradCases('turned weights, all parts', {
    ...{
      transposed: 1,
      turned: 1,
      channels: 48,
      filters: 32,
      size: [21, 17],
      batch: 3,
      ...everything,
      clamp: [-1, 0.5],
    },
  }),
  winogradCases('many zeros', { sparse: true, size: [13, 14], channels: 16, ...everything }),
  winogradCases('many zeros in many channels', { sparse: true, channels: 200, filters: 32, size: [9, 6] }),
  winogradCases('many zeros, blocks and units', { sparse: true, size: [40, 41], channels: 24, filters: 80 }),
  winogradCases('many zeros, a batch', { sparse: true, size: [6, 7], channels: 40, batch: 3 }),
  // what it writes as masks: mask-bits.test.ts
  winogradCases('a gate by bits', { gateBits: true, addend: true, filters: 32, batch: 2 }),
].flat()
