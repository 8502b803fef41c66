import type { Picture } from './render.ts'

const headerOf = (width: number, height: number): Buffer => Buffer.from(`P6\n${width} ${height}\n255\n`)

/** A black picture in a PPM file. */
export function blankPicture(width: number, height: number): Picture {
  const header = headerOf(width, height)
  const ppm = new Uint8Array(header.length + width * height * 3)
  ppm.set(header)
  return { width, height, pixels: ppm.subarray(header.length), ppm }
}

/** A picture as a PPM file. */
export const ppmOf = ({ width, height, pixels, ppm }: Picture): Uint8Array =>
  ppm ?? Buffer.concat([headerOf(width, height), pixels])
