import { describe, expect, it } from 'vitest'
import { median } from '../../bench/lib/median.ts'
import { ratioCell, ratios } from '../../bench/lib/ratios.ts'
import { figure, markdownTable, number, percent, text } from '../../bench/lib/table.ts'

describe('markdownTable', () => {
  it('pads its columns, numbers to the right', () => {
    const table = markdownTable([text('net'), number('ms')], [['resnet18', '9.5'], ['vgg16']])
    expect(table.split('\n')).toEqual([
      '| net      |  ms |',
      '| -------- | --: |',
      '| resnet18 | 9.5 |',
      '| vgg16    |     |',
    ])
  })
})

describe('figure', () => {
  it.each([
    [0.01234, '0.012'],
    [0.5, '0.500'],
    [1.234, '1.23'],
    [99.96, '100.0'],
    [123.4, '123'],
    [20471.6, '20472'],
    [0, '0.00'],
    [Number.NaN, '–'],
  ])('writes %d as %s', (value, expected) => expect(figure(value)).toBe(expected))
})

describe('percent', () => {
  it.each([
    [0.0123, '1.2 %'],
    [0.0999, '10 %'],
    [1.5, '150 %'],
  ])('writes %d as %s', (share, expected) => expect(percent(share)).toBe(expected))
})

describe('median', () => {
  it('is the middle one, or the mean of the two', () => {
    expect(median([9, 1, 5])).toBe(5)
    expect(median([1, 2, 4, 100])).toBe(3)
    expect(median([])).toBeNaN()
  })
})

describe('ratioCell', () => {
  const [forward, saliency] = ratios
  if (!forward || !saliency) throw new Error('the table of ratios is empty')

  it('says which way a bound goes and whether it is met', () => {
    expect(ratioCell(forward, 'resnet18', 1)).toBe('1.00 (≤ 1 met)')
    expect(ratioCell(forward, 'resnet18', 1.001)).toBe('1.00 (≤ 1 missed)')
    expect(ratioCell(saliency, 'mobilenet_v2', 2.5)).toBe('2.50 (≥ 2.5 met)')
    expect(ratioCell(saliency, 'mobilenet_v2', 2.4)).toBe('2.40 (≥ 2.5 missed)')
    expect(ratioCell(saliency, 'vgg16', undefined)).toBe('')
  })
})
