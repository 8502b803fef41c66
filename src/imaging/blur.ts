import { Scratch } from './kernels/scratch.ts'

/** Odd widths of three box blurs that together have about the variance σ² (each box of width w has (w² − 1)/12). */
function boxWidths(sigma: number): readonly number[] {
  const ideal = Math.sqrt(4 * sigma * sigma + 1)
  const narrow = Math.max(1, 2 * Math.floor((ideal - 1) / 2) + 1)
  const variance = (width: number) => (width * width - 1) / 12
  const wide = [0, 1, 2, 3].map((n) =>
    Math.abs((3 - n) * variance(narrow) + n * variance(narrow + 2) - sigma * sigma),
  )
  const wider = wide.indexOf(Math.min(...wide))
  return [0, 1, 2].map((i) => (i < wider ? narrow + 2 : narrow))
}

/** A box that covers the line from each of its cells is the widest there is: the work stays linear in the map whatever σ is. */
const widest = (wanted: number, cells: number): number => Math.min(wanted, 2 * cells - 1)

const roundUp = (cells: number): number => Math.ceil(cells / 4) * 4

/**
 * Nearly Gaussian blur of (height, width), in place and returned: three box blurs, edges repeated. σ in pixels; below 0.3 there is
 * nothing to see: no-op.
 */
export function blur(map: Float32Array, width: number, sigma: number): Float32Array {
  if (sigma < 0.3) return map
  const height = map.length / width
  const [rows, columns] = [roundUp(height), roundUp(width)]
  const scratch = new Scratch()
  const { kernels } = scratch
  const bytes = 4 * rows * columns
  const [upright, turned, other] = [scratch.room(bytes), scratch.room(bytes), scratch.room(bytes)]
  const sums = scratch.room(8 * Math.max(rows, columns))
  const [line, across, down] = [4 * width, 4 * columns, 4 * rows]
  scratch.write(upright, map)
  for (const box of boxWidths(sigma)) {
    kernels.transpose(upright, line, turned, down, height, width)
    kernels.boxDown(turned, down, other, down, sums, width, height, widest(box, width))
    kernels.transpose(other, down, turned, across, width, height)
    kernels.boxDown(turned, across, upright, line, sums, height, width, widest(box, height))
  }
  map.set(scratch.floats(upright, map.length))
  return map
}
