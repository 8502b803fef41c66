/** sRGB's transfer curve (IEC 61966-2-1), both ways between 0 and 1: stored value and amount of light. Odd beyond 0. */
export const toLight = (v: number): number =>
  v < 0 ? -toLight(-v) : v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4

export const fromLight = (v: number): number =>
  v < 0 ? -fromLight(-v) : v <= 0.0031308 ? v * 12.92 : 1.055 * v ** (1 / 2.4) - 0.055
