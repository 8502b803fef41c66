import { describe, expect, it } from 'vitest'
import { npyFile, openNpy, rowMajor } from '../../src/imaging/npy-file.ts'
import { fixture, fromBase64 } from './fixtures.ts'

interface NpyCase {
  readonly name: string
  readonly file: string
  readonly dtype: string
}

const { cases } = fixture<readonly NpyCase[]>('npy')
const reopened = (file: Uint8Array) => {
  const opened = openNpy(file)
  return npyFile({ ...opened, data: rowMajor(opened) })
}

describe('an NPY file whose numbers are not read', () => {
  it.each(cases.filter(({ name }) => name.endsWith('in Fortran order')))(
    '$name becomes numpy.save’s own bytes in C order',
    ({ file, dtype }) => {
      const inC = cases.find(({ name }) => name === `${dtype} in C order`)
      expect(reopened(fromBase64(file)).toString('base64')).toBe(inC?.file)
    },
  )

  it.each(cases.filter(({ name }) => !/Fortran|version [23]/.test(name)))(
    '$name is written as it was',
    ({ file }) => {
      expect(reopened(fromBase64(file)).toString('base64')).toBe(file)
    },
  )

  it('keeps the bits of a NaN and integers beyond 2^53', () => {
    const bits = BigUint64Array.of(0x7ff4_0000_dead_beefn, 2n ** 64n - 1n)
    const data = new Uint8Array(bits.buffer)
    const columns = npyFile({ shape: [1, 2], dtype: '<f8', data })
      .toString('latin1')
      .replace('False, ', 'True,  ')
    const { order, ...file } = openNpy(Buffer.from(columns, 'latin1'))
    expect(order).toBe('F')
    expect(Buffer.from(rowMajor({ order, ...file })).equals(data)).toBe(true)
  })

  it('shares the memory of a file that is in C order', () => {
    const file = fromBase64(cases.find(({ name }) => name === '<i8 in C order')?.file ?? '')
    expect(rowMajor(openNpy(file)).buffer).toBe(file.buffer)
  })
})
