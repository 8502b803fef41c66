import * as z from 'zod'
import { linear } from '../kind.ts'
import { matrixOf } from '../matrix.ts'

/** k = area of each unit pixel inside the disk, ÷ πr²; fspecial('disk'). */
export const disk = linear({
  id: 'disk',
  title: 'Disk',
  description: 'The mean of a disk, pixels at its rim by the part that lies inside: blurs as a lens does.',
  source: "MATLAB, fspecial('disk')",
  params: z.object({
    radius: z.number().min(0.5).max(127).default(5).describe('Radius in pixels'),
  }),
  kernel({ radius: r }) {
    const reach = Math.ceil(r - 0.5)
    const inside = (y: number, x: number) => quadrantArea(r, y, x) / (Math.PI * r * r)
    return matrixOf(2 * reach + 1, 2 * reach + 1, (i, j) => inside(Math.abs(i - reach), Math.abs(j - reach)))
  },
})

/** Area of the unit pixel at (y, x) that lies in the disk around 0. Pixels on an axis are two or four equal parts. */
function quadrantArea(r: number, y: number, x: number): number {
  const from = (at: number) => Math.max(0, at - 0.5)
  const parts = (y === 0 ? 2 : 1) * (x === 0 ? 2 : 1)
  return parts * areaWithin(r, { left: from(x), right: x + 0.5, bottom: from(y), top: y + 0.5 })
}

interface Box {
  readonly left: number
  readonly right: number
  readonly bottom: number
  readonly top: number
}

/** ∫ min(top, √(r²−x²)) − bottom dx over the part of left … right where the circle is above the bottom. */
function areaWithin(r: number, { left, right, bottom, top }: Box): number {
  const reach = (height: number) => Math.sqrt(Math.max(0, r * r - height * height))
  const full = clamp(reach(top), left, right)
  const end = clamp(reach(bottom), left, right)
  return (full - left) * (top - bottom) + (underArc(r, end) - underArc(r, full)) - (end - full) * bottom
}

/** ∫ √(r²−x²) dx from 0 to x. */
const underArc = (r: number, x: number): number =>
  (x * Math.sqrt(Math.max(0, r * r - x * x)) + r * r * Math.asin(Math.min(1, x / r))) / 2

const clamp = (value: number, low: number, high: number): number => Math.min(high, Math.max(low, value))
