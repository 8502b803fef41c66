import { describe, expect, it } from 'vitest'
import { memoryFaults, memoryReport } from '../../load/memory.ts'

/** 40 samples: a warm-up, then what is given for each quarter after it. */
const run = (...quarters: readonly [number, number, number]) =>
  [100, ...quarters].flatMap((megabytes) => new Array<number>(10).fill(megabytes))

describe('memory under load', () => {
  it('is level when the last quarter holds what the second did, whatever came before and between', () => {
    expect(memoryFaults(run(300, 340, 310))).toEqual([])
    expect(memoryFaults(run(300, 200, 330))).toEqual([])
  })

  it('is not level when it grows by more than a tenth', () => {
    expect(memoryFaults(run(300, 315, 331))).toEqual([expect.stringMatching(/not level: 300.*331/)])
  })

  it('is not judged by a single peak, but held to the limit by it', () => {
    const samples = run(300, 300, 300)
    samples[35] = 360
    expect(memoryFaults(samples)).toEqual([])
    expect(memoryFaults(samples, 350)).toEqual([expect.stringMatching(/reached 360 MB, the limit is 350/)])
  })

  it('cannot be judged in a run of a few samples, and says so', () => {
    expect(memoryFaults([300, 300, 300])).toEqual([expect.stringMatching(/too short/)])
  })

  it('is reported with its highest value', () => {
    expect(memoryReport(run(300, 340, 310))).toMatch(/^resident memory, MB: 100 .* 310; highest 340$/)
  })
})
