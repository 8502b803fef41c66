import { describe, expect, it } from 'vitest'
import { COLORMAP_IDS, colormaps } from '../../src/imaging/colormap.ts'

const colorsOf = (id: (typeof COLORMAP_IDS)[number], entries: readonly number[]) =>
  entries.map((i) => [...colormaps[id].table.subarray(3 * i, 3 * i + 3)])

describe('colormaps', () => {
  it.each(COLORMAP_IDS)('%s has 256 colours', (id) => {
    expect(colormaps[id].table).toHaveLength(256 * 3)
  })

  // matplotlib 3.11.2: 255 * colormaps[name](i), rounded
  it.each([
    ['viridis', [68, 1, 84], [33, 145, 140], [253, 231, 37]],
    ['magma', [0, 0, 4], [183, 55, 121], [252, 253, 191]],
    ['inferno', [0, 0, 4], [188, 55, 84], [252, 255, 164]],
    ['plasma', [13, 8, 135], [204, 71, 120], [240, 249, 33]],
  ] as const)('%s is matplotlib’s', (id, first, middle, last) => {
    const [a = [], b = [], c = []] = colorsOf(id, [0, 128, 255])
    expect([a, c]).toEqual([first, last])
    for (const [i, value] of b.entries()) expect(Math.abs(value - (middle[i] ?? 0))).toBeLessThanOrEqual(2)
  })

  it('gray runs from black to white', () => {
    expect(colorsOf('gray', [0, 100, 255])).toEqual([
      [0, 0, 0],
      [100, 100, 100],
      [255, 255, 255],
    ])
  })

  it('rdbu is diverging: blue against, nearly white at nothing, red for', () => {
    const [against = [], none = [], forIt = []] = colorsOf('rdbu', [20, 127, 235])
    expect(colormaps.rdbu.diverging).toBe(true)
    expect(against[2]).toBeGreaterThan((against[0] ?? 0) + 60)
    expect(Math.min(...none)).toBeGreaterThan(235)
    expect(forIt[0]).toBeGreaterThan((forIt[2] ?? 0) + 60)
  })
})
