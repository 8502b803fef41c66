import { describe, expect, it } from 'vitest'
import { checkedKernels } from '../../../src/core/wasm/checked-kernels.ts'

describe('checkedKernels', () => {
  it('takes the fastest kernels where they compute what they should', () => {
    const { kernels, rejected } = checkedKernels()
    expect(rejected).toEqual([])
    expect(kernels).toMatchObject({ revectorize: process.arch === 'x64' })
  })

  it('falls back to plain kernels without the revectorizer, which may be what is wrong', () => {
    const { kernels, rejected } = checkedKernels(({ name, revectorize }) =>
      name === 'kernels-plain' && !revectorize ? [] : ['conv'],
    )
    expect(rejected).toEqual(['conv'])
    expect(kernels).toMatchObject({ name: 'kernels-plain', revectorize: false })
  })

  it('refuses a machine on which the plain ones are wrong too', () => {
    expect(() => checkedKernels(() => ['pool'])).toThrow(/wrong results on this machine: pool/)
  })
})
