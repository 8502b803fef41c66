import type { Backend } from '../../src/core/backend.ts'
import { tensor } from '../../src/core/ir/tensor.ts'
import { referenceBackend } from '../../src/core/reference/backend.ts'
import { initialParameters, networkOf } from '../../src/networks/network.ts'
import { readSpec } from '../../src/networks/spec.ts'
import type { TracedSample } from '../../src/networks/trace.ts'
import { wasmBackend } from './wasm-backend.ts'

/** 2 → 2 ReLU → 1, small enough to reckon by hand. */
export const byHand = {
  input: [2],
  layers: [
    { type: 'fullyConnected', units: 2, weights: [1, 2, 3, -4], biases: [0.5, 0] },
    { type: 'relu' },
    { type: 'fullyConnected', units: 1, bias: false, weights: [2, 5] },
  ],
}
export const sample = { input: tensor([1, 2], [1, 1]), target: tensor([1, 1], [4]) }

/** What a test asks of a trace; the rest is that of a squared error in float64. */
export type Asked = Partial<TracedSample> & Pick<TracedSample, 'input' | 'target'>

/** A sample in a network before training. */
export function tracedSample(spec: unknown, asked: Asked): TracedSample {
  const network = networkOf(readSpec(spec))
  return {
    spec: network.spec,
    parameters: initialParameters(network),
    loss: 'sum-squared-error',
    precision: 'float64',
    ...asked,
  }
}

/** What computes in a precision. */
export const backendOf = ({ precision }: TracedSample): Backend =>
  precision === 'float32' ? wasmBackend() : referenceBackend
