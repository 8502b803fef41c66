import { type Call, RESULTS, selfTestCalls, selfTestOperands } from './self-test-calls.ts'
import { twins } from './twins.ts'

/** The twins' operands: address 0 means absent. */
const BASE = 64

/** What the plain twins make of the self-test's calls: each call's results, one after the other. */
export function expectedResults(): Float32Array<ArrayBuffer> {
  const memory = new Float32Array(BASE / 4 + selfTestOperands.length)
  const results = memory.subarray((BASE + RESULTS.begin) / 4, (BASE + RESULTS.end) / 4)
  const calls = selfTestCalls(BASE)
  const expected = new Float32Array(calls.length * results.length)
  for (const [i, call] of calls.entries()) {
    memory.set(selfTestOperands, BASE / 4)
    runTwin(call, memory)
    expected.set(results, i * results.length)
  }
  return expected
}

function runTwin({ kernel, args }: Call, memory: Float32Array): void {
  const twin: (memory: Float32Array, args: never) => void = twins[kernel]
  twin(memory, args as never)
}
