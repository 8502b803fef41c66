import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type StridedView, stridesOf } from '../../src/core/ir/shape.ts'
import { copyElements } from '../../src/imaging/copy-elements.ts'

/** By the definition: (i₀,i₁,…) lies at offset + Σ iₖ·strideₖ. */
function positions({ offset, shape, strides }: StridedView, axis = 0): number[] {
  if (axis === shape.length) return [offset]
  return Array.from({ length: shape[axis] ?? 0 }, (_, i) =>
    positions({ offset: offset + i * (strides[axis] ?? 0), shape, strides }, axis + 1),
  ).flat()
}

/** Axes of a row-major array in another order, some of them backwards. */
const views = fc
  .array(fc.record({ size: fc.integer({ min: 0, max: 20 }), flip: fc.boolean(), order: fc.nat() }), {
    maxLength: 4,
  })
  .map((axes): StridedView => {
    const strides = stridesOf(axes.map(({ size }) => size))
    const turned = axes
      .map(({ size, flip, order }, i) => ({ size, flip, order, stride: strides[i] ?? 0 }))
      .sort((a, b) => a.order - b.order)
    return {
      offset: turned.reduce((at, { size, flip, stride }) => at + (flip ? (size - 1) * stride : 0), 0),
      shape: turned.map(({ size }) => size),
      strides: turned.map(({ flip, stride }) => (flip ? -stride : stride)),
    }
  })

describe('copyElements', () => {
  it.each([1, 2, 4, 8])('takes elements of %i bytes from where the view says', (size) => {
    fc.assert(
      fc.property(views, fc.constantFrom(0, 3), (view, offset) => {
        const count = view.shape.reduce((a, b) => a * b, 1)
        const memory = Uint8Array.from({ length: offset + count * size }, (_, i) => (i * 131) % 251)
        const source = memory.subarray(offset)
        const expected = positions(view).flatMap((at) => [...source.subarray(at * size, (at + 1) * size)])
        expect([...copyElements(source, size, view)]).toEqual(expected)
      }),
    )
  })

  it('copies long rows at once', () => {
    const source = Uint8Array.from({ length: 300 }, (_, i) => i)
    const upsideDown = { offset: 200, shape: [3, 100], strides: [-100, 1] }
    expect(copyElements(source, 1, upsideDown).subarray(100, 200)).toEqual(source.subarray(100, 200))
    expect(copyElements(source, 1, upsideDown)[0]).toBe(200)
  })
})
