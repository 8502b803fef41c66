export { boxDown, transpose } from './box'
export { paintRow } from './paint'
export { planesOf } from './planes'
export { sampleRow } from './sample'
export { largest, magnitudes, strengths, strongest } from './strength'
export { sumColumns, sumRows } from './sums'

/** The first address that is free, a multiple of 16. */
export function heapBase(): usize {
  return (__heap_base + 15) & ~15
}
