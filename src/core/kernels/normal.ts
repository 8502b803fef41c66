/**
 * A standard normal deviate for each (key, index), both below 2³²: any of them can be made alone, so the numbers of a tensor
 * depend neither on who makes them nor in which order. The `normal` kernel computes the same in f32.
 */
export function normalDeviate(key: number, index: number): number {
  const bits = mix(mix(index) ^ key)
  // the middle of one of 2²³ parts of −1 … 1: never at an end
  const x = ((bits >>> 9) * 2 + 1) * 2 ** -23 - 1
  return Math.SQRT2 * inverseErf(x)
}

/** A key as tensors hold it, in two numbers that f32 keeps exactly: its upper and lower 16 bits. */
export const halvesOf = (key: number): readonly number[] => [key >>> 16, key & 0xffff]

/** The key of two such halves. */
export const keyOf = (upper: number, lower: number): number => (Math.trunc(upper) << 16) | Math.trunc(lower)

/** A bijection of 32 bits: lowbias32 (Wellons: Prospecting for Hash Functions, 2018). */
function mix(bits: number): number {
  let h = bits ^ (bits >>> 16)
  h = Math.imul(h, 0x7feb352d)
  h ^= h >>> 15
  h = Math.imul(h, 0x846ca68b)
  return h ^ (h >>> 16)
}

/** Highest power first, in w − 2.5 and, for w ≥ 5, in √w − 3, where w = −ln(1 − x²). */
const central = [
  2.81022636e-8, 3.43273939e-7, -3.5233877e-6, -4.39150654e-6, 0.00021858087, -0.00125372503, -0.00417768164,
  0.246640727, 1.50140941,
]
const tail = [
  -0.000200214257, 0.000100950558, 0.00134934322, -0.00367342844, 0.00573950773, -0.0076224613, 0.00943887047,
  1.00167406, 2.83297682,
]

/** erf⁻¹ x for −1 < x < 1, within 4e-7 of its size (Giles: Approximating the erfinv function, GPU Computing Gems 2, 2011). */
function inverseErf(x: number): number {
  const w = -Math.log((1 - x) * (1 + x))
  const polynomial = (coefficients: readonly number[], at: number) =>
    coefficients.reduce((sum, coefficient) => sum * at + coefficient, 0)
  return x * (w < 5 ? polynomial(central, w - 2.5) : polynomial(tail, Math.sqrt(w) - 3))
}
