import { cutGaussianLine } from './gaussian-matrix.ts'

/** How much of a bell that is cut at 4σ lies within a line of pixels, for its middle at each of them. */
export function shareWithin(sigma: number, length: number): Float64Array {
  const bell = cutGaussianLine(sigma)
  const reach = (bell.length - 1) / 2
  return Float64Array.from({ length }, (_, at) => {
    const first = Math.max(0, reach - at)
    const end = Math.min(bell.length, reach - at + length)
    return bell.subarray(first, end).reduce((sum, w) => sum + w, 0)
  })
}
