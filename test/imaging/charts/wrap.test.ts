import { describe, expect, it } from 'vitest'
import { textWidth } from '../../../src/imaging/charts/text-width.ts'
import { wrapped } from '../../../src/imaging/charts/wrap.ts'

const type = { size: 10 } as const

describe('textWidth', () => {
  it('is that of the font: Inter’s digits and letters, in ems', () => {
    // advance widths of the font's table `hmtx`, over 2048 units
    expect(textWidth('a', type)).toBeCloseTo((1150 / 2048) * 10, 0)
    expect(textWidth('l'.repeat(10), type)).toBeLessThan(textWidth('m'.repeat(4), type))
    expect(textWidth('a', { size: 10, weight: 600 })).toBeGreaterThan(textWidth('a', type))
  })

  it('counts spaces, and grows with the size', () => {
    expect(textWidth('a b', type)).toBeGreaterThan(textWidth('ab', type) + 2)
    expect(textWidth('a b', { size: 20 })).toBeCloseTo(2 * textWidth('a b', type), 9)
  })

  it('takes no measuring of characters that the font has not', () => {
    expect(textWidth('漢字', type)).toBe(20)
  })
})

describe('wrapped', () => {
  const text = 'the order does not matter in the interior of the picture'

  it('breaks at spaces, and no line is too wide', () => {
    const lines = wrapped(text, 80, type, 9)
    expect(lines.length).toBeGreaterThan(2)
    expect(lines.join(' ')).toBe(text)
    for (const line of lines) expect(textWidth(line, type)).toBeLessThanOrEqual(80)
  })

  it('ends in … where more lines would be needed', () => {
    const lines = wrapped(text, 80, type, 2)
    expect(lines).toHaveLength(2)
    expect(lines[1]).toMatch(/…$/)
    expect(textWidth(lines[1] ?? '', type)).toBeLessThanOrEqual(80)
    expect(text.startsWith(lines.join(' ').slice(0, -1))).toBe(true)
  })

  it('breaks words that are wider than a line', () => {
    const lines = wrapped('a'.repeat(40), 50, type, 20)
    expect(lines.join('')).toBe('a'.repeat(40))
    for (const line of lines) expect(textWidth(line, type)).toBeLessThanOrEqual(50)
  })

  it.each(['', '   ', '\n'])('makes a line of %j', (content) => {
    expect(wrapped(content, 50, type, 3)).toEqual([''])
  })

  it('reads no more of a text than a picture can show', () => {
    const lines = wrapped('word '.repeat(100_000), 1000, type, 1000)
    expect(lines.join(' ').length).toBeLessThan(700)
  })
})
