import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { chunkBytes } from '../../src/imaging/png-chunks.ts'
import { pngClaiming } from './hostile.ts'

const photo = readFileSync(new URL('../fixtures/photos/chelsea.png', import.meta.url))

describe('chunkBytes', () => {
  it('counts what chunks of a type hold', () => {
    expect(chunkBytes(pngClaiming(10, 10), 'IHDR')).toBe(13)
    expect(chunkBytes(pngClaiming(10, 10), 'IEND')).toBe(0)
    expect(chunkBytes(photo, 'iCCP')).toBe(2625)
    expect(chunkBytes(photo, 'tEXt')).toBe(0)
  })

  it('ends with a truncated file, and with a length that lies', () => {
    for (const length of [0, 7, 8, 19, 40]) expect(chunkBytes(photo.subarray(0, length), 'IDAT')).toBe(0)
    const lying = Buffer.from(photo)
    lying.writeUInt32BE(0xffffffff, 8)
    expect(chunkBytes(lying, 'IHDR')).toBe(0xffffffff)
    expect(chunkBytes(lying, 'IDAT')).toBe(0)
  })
})
