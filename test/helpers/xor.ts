import { readFileSync } from 'node:fs'
import type { DataSet } from '../../src/networks/data.ts'

/** Numbers that others computed: XOR trained by NumPy, and a convolution's gradient. */
export const { xor_numpy_seed0: numpyXor, conv_gradient: convGradient } = JSON.parse(
  readFileSync(new URL('../fixtures/seeds.json', import.meta.url), 'utf8'),
)

/** NumPy's weights have a column for each unit, ours a row. */
export const transposed = (rows: number[][]): number[][] =>
  (rows[0] ?? []).map((_, j) => rows.map((row) => row[j] ?? 0))

/** The network that NumPy trains, with its initial weights. */
export const xorSpec = (activation = 'relu') => ({
  input: [2],
  layers: [
    { type: 'fullyConnected', units: 30, bias: false, weights: transposed(numpyXor.w1_init) },
    { type: activation },
    { type: 'fullyConnected', units: 1, bias: false, weights: transposed(numpyXor.w2_init) },
  ],
})

export const xorData: DataSet = {
  count: 4,
  inputShape: [2],
  targetShape: [1],
  inputs: Float64Array.of(0, 0, 0, 1, 1, 0, 1, 1),
  targets: Float64Array.of(0, 1, 1, 0),
}
