import '../helpers/to-be-close.ts'
import { describe, expect, it } from 'vitest'
import { MODES } from '../../src/filters/window.ts'
import { bandOf, filtered, numbersOf, pipelineOf, stepOfKind } from './pictures.ts'
import { scikit } from './scikit.ts'

/** scikit-image looks the weight of a colour's distance up in a table of 5 million steps; the others round in float64 only. */
const toleranceOf = (kind: string) => (kind === 'bilateral' ? 1e-6 : 1e-9)

const picture = (name: string) => bandOf(scikit.pictures[name] ?? [])

const titled = scikit.cases.map(
  (c) => [`${c.kind} ${JSON.stringify(c.params)}, ${c.picture}, ${c.boundary}`, c] as const,
)

describe('float64 results are those of scikit-image', () => {
  it.each(titled)('%s', (_, c) => {
    const { kind, params, boundary, output } = c
    const result = filtered(picture(c.picture), pipelineOf([stepOfKind(kind, params)], { boundary }))
    expect(numbersOf(result)).toBeClose(numbersOf(bandOf(output)), { absolute: toleranceOf(kind) })
  })

  it.each(MODES)('a footprint or bell of odd sides lies the same way round with mode=%s', (mode) => {
    for (const { kind, params, picture: name, boundary, output } of scikit.cases) {
      if (!isSymmetric(kind, params)) continue
      const result = filtered(picture(name), pipelineOf([stepOfKind(kind, params)], { boundary, mode }))
      expect(numbersOf(result)).toBeClose(numbersOf(bandOf(output)), { absolute: toleranceOf(kind) })
    }
  })
})

function isSymmetric(kind: string, params: Readonly<Record<string, unknown>>): boolean {
  const { size = 3 } = params
  const sides = Array.isArray(size) ? size : [size]
  return !['scharr', 'roberts', 'gabor'].includes(kind) && sides.every((side) => side % 2 === 1)
}
