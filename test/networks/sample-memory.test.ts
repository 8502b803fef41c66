import { describe, expect, it } from 'vitest'
import { SampleMemory } from '../../src/networks/sample-memory.ts'

const GIGABYTE = 2 ** 30

describe('the memory of samples', () => {
  it('is refused with its limit where there is not enough, and taken again when it was given back', () => {
    const memory = new SampleMemory()
    const release = memory.take(1.5 * GIGABYTE)
    expect(() => memory.take(GIGABYTE)).toThrow(
      expect.objectContaining({
        name: 'JobError',
        kind: 'full',
        retryAfterSeconds: 10,
        message:
          'the samples of all trainings together may take 2147483648 bytes; those under way take 1610612736, and these would take 1073741824',
      }),
    )
    release()
    release()
    memory.take(2 * GIGABYTE)
    expect(() => memory.take(1)).toThrow(/take 2147483648, and these would take 1/)
  })
})
