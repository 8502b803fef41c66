import type { KernelInstance } from '../wasm/module.ts'
import { encodeCall } from './encode.ts'
import type { KernelName } from './list.ts'
import { ARG_BYTES, RESULTS, selfTestCalls, selfTestOperands, TENSOR_BYTES } from './self-test-calls.ts'

/** Relative to 1 or the element: the rounding of a few dozen products. */
const TOLERANCE = 1e-5

/** What `selfTest` overwrites from `base` on. */
export const SELF_TEST_BYTES = TENSOR_BYTES + ARG_BYTES

/** Thrown where what is expected is not of these calls. */
const OTHER_SOURCES =
  'build/kernels was made from other sources: node src/core/kernels/build.ts makes it anew'

/**
 * Makes small calls of each kernel, using SELF_TEST_BYTES of the memory at `base` (64-byte aligned), and compares what they
 * write with what their plain twins wrote when the kernels were built: `expectedResults`. Answers the kernels that differ:
 * none on a healthy machine.
 * @throws Error when as many results are not expected
 */
export function selfTest(
  kernels: KernelInstance,
  memory: WebAssembly.Memory,
  base: number,
  expected: Float32Array,
): KernelName[] {
  const tensors = new Float32Array(memory.buffer, base, TENSOR_BYTES / 4)
  const operands = tensors.subarray(0, RESULTS.begin / 4)
  const results = tensors.subarray(RESULTS.begin / 4, RESULTS.end / 4)
  const words = new Int32Array(memory.buffer, base + TENSOR_BYTES, ARG_BYTES / 4)
  const rest = tensors.subarray(RESULTS.end / 4)
  const calls = selfTestCalls(base)
  if (expected.length !== calls.length * results.length) throw new Error(OTHER_SOURCES)
  const failing = new Set<KernelName>()
  for (const [i, { kernel, args }] of calls.entries()) {
    tensors.set(selfTestOperands)
    const encoded = encodeCall(kernel, args)
    words.set(encoded.words)
    for (let unit = 0; unit < encoded.units; unit++) kernels.runUnit(encoded.kernel, words.byteOffset, unit)
    const wanted = expected.subarray(i * results.length, (i + 1) * results.length)
    const isElsewhere =
      !isClose(operands, selfTestOperands) || !isClose(rest, selfTestOperands.subarray(RESULTS.end / 4))
    if (isElsewhere || !isClose(results, wanted)) failing.add(kernel)
  }
  return [...failing]
}

/** `got` against as many of the numbers expected. */
function isClose(got: Float32Array, expected: Float32Array): boolean {
  const gotBits = new Uint32Array(got.buffer, got.byteOffset, got.length)
  const expectedBits = new Uint32Array(expected.buffer, expected.byteOffset, expected.length)
  for (let i = 0; i < got.length; i++) {
    // masks are bits, not numbers
    if (gotBits[i] === expectedBits[i]) continue
    const a = got[i] ?? 0
    const b = expected[i] ?? 0
    // in these words: NaN is a difference
    if (a !== b && !(Math.abs(a - b) <= TOLERANCE * Math.max(1, Math.abs(b)))) return false
  }
  return true
}
