/** 1/(1+e^−x) without overflow: never NaN for a number. */
export const stableSigmoid = (x: number): number => {
  const e = Math.exp(-Math.abs(x))
  return x >= 0 ? 1 / (1 + e) : e / (1 + e)
}

/** log(1+eˣ) = max(x,0) + log1p(e^−|x|). */
export const stableSoftplus = (x: number): number => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)))

/** Where erf's series ends and erfc's continued fraction begins: both are at full precision there. */
const SERIES_BELOW = 2.5

/** erf(x) = 2/√π·e^(−x²)·Σ 2ⁿx^(2n+1)/(2n+1)!!, Abramowitz & Stegun 7.1.6: all terms of one sign. For |x| < 2.5. */
function erfSeries(x: number): number {
  let term = x
  let total = x
  for (let n = 1; Math.abs(term) > Math.abs(total) * 1e-17; n++) {
    term *= (2 * x * x) / (2 * n + 1)
    total += term
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * total
}

/** erfc(x) = e^(−x²)/√π · 1/(x+ (1/2)/(x+ 1/(x+ (3/2)/(x+ …)))), Abramowitz & Stegun 7.1.14. For x ≥ 2.5. */
function erfcFraction(x: number): number {
  let tail = x
  for (let n = 60; n >= 1; n--) tail = x + n / 2 / tail
  return Math.exp(-x * x) / Math.sqrt(Math.PI) / tail
}

/** The error function to about 1e-15. */
export const erf = (x: number): number =>
  Math.abs(x) < SERIES_BELOW ? erfSeries(x) : x > 0 ? 1 - erfcFraction(x) : x < 0 ? erfcFraction(-x) - 1 : x

/** 1 − erf(x) with its relative precision kept for large x. */
export const erfc = (x: number): number => (x >= SERIES_BELOW ? erfcFraction(x) : 1 - erf(x))
