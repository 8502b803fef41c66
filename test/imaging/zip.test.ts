import { unzipSync } from 'fflate'
import { describe, expect, it } from 'vitest'
import { zipFiles, zipParts } from '../../src/imaging/zip.ts'

const a = { name: 'map-10.png', bytes: Uint8Array.from({ length: 500 }, (_, i) => i) }
const b = { name: 'map-2.png', bytes: new Uint8Array(0) }

describe('zipFiles', () => {
  it('holds the files in order', () => {
    const files = unzipSync(zipFiles([a, b]))
    expect(Object.keys(files)).toEqual(['map-10.png', 'map-2.png'])
    expect(files['map-10.png']).toEqual(a.bytes)
  })

  it('stores them as they are', () => {
    expect(zipFiles([a]).includes(a.bytes)).toBe(true)
  })

  it('does not copy the files into its parts', () => {
    expect(zipParts([a])[1]).toBe(a.bytes)
  })

  it('gives the same bytes for the same files', () => {
    expect(zipFiles([a, b])).toEqual(zipFiles([a, b]))
  })

  it.each(['', '../a.png', 'a/b.png', '.png', 'a\\b', 'a\nb', '7', 'x'.repeat(300)])(
    'refuses the name %j',
    (name) => {
      expect(() => zipFiles([{ name, bytes: a.bytes }])).toThrow('expected a plain name')
    },
  )

  it('refuses a name twice', () => {
    expect(() => zipFiles([a, a])).toThrow('expected a plain name of its own')
  })
})
