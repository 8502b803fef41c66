import type { Band } from './band.ts'

/** Overwrites every number of a band by what `f` says of its place. Answers the band. */
export function elementwise(band: Band, f: (i: number) => number): Band {
  const { data } = band
  for (let i = 0; i < data.length; i++) data[i] = f(i)
  return band
}
