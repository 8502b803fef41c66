/** Decimal powers as doubles: exact up to 10²², beyond it within half a unit in the last place. */
const powers = Float64Array.from({ length: 60 }, (_, i) => Number(`1e${i}`))
const power = (exponent: number) => powers[exponent] ?? 1

/** Nine digits are enough for any float32; a scaled value of that size is computed to about 5e-7. */
const digits = 9
/** How close (in units of the ninth digit) a decimal may come to the edge of the interval before it is settled exactly. */
const doubt = 1e-4

const float = new Float32Array(1)
const bits = new Uint32Array(float.buffer)

/** What rounds to a float: the half-way points to its neighbours, which doubles hold exactly; and whether they count. */
function interval(value: number): { low: number; high: number; closed: boolean } {
  float[0] = value
  const pattern = bits[0] ?? 0
  bits[0] = pattern - 1
  const below = float[0] ?? 0
  bits[0] = pattern + 1
  const above = float[0] ?? 0
  // above the largest float the next one would be 2¹²⁸
  const next = above === Infinity ? 2 ** 128 : above
  return { low: (below + value) / 2, high: (value + next) / 2, closed: pattern % 2 === 0 }
}

const toDouble = (significand: number, exponent: number): number => {
  if (exponent < -22 || exponent > 22) return Number(`${significand}e${exponent}`)
  return exponent < 0 ? significand / power(-exponent) : significand * power(exponent)
}

/** A double as an exact fraction. */
function fraction(x: number): readonly [numerator: bigint, denominator: bigint] {
  let denominator = 1n
  let scaled = x
  for (; !Number.isInteger(scaled); scaled *= 2) denominator *= 2n
  return [BigInt(scaled), denominator]
}

/** The shortest decimal by exact arithmetic: for the one float in thousands where a decimal meets the interval's edge. */
function settle(value: number, low: number, high: number, closed: boolean): number {
  for (let exponent = Math.floor(Math.log10(value)); ; exponent--) {
    const [up, down] = exponent < 0 ? [10n ** BigInt(-exponent), 1n] : [1n, 10n ** BigInt(exponent)]
    /** sign of decimal − x, where decimal = significand × 10^exponent */
    const compare = (significand: bigint, x: number) => {
      const [numerator, denominator] = fraction(x)
      const difference = significand * down * denominator - numerator * up
      return difference < 0n ? -1 : difference > 0n ? 1 : 0
    }
    const [numerator, denominator] = fraction(value)
    const doubled = (2n * numerator * up) / (denominator * down)
    const below = doubled / 2n
    const order = doubled % 2n === 0n ? [below, below + 1n] : [below + 1n, below]
    const edge = closed ? 0 : 1
    const fits = order.find((s) => compare(s, low) >= edge && compare(s, high) <= -edge)
    if (fits !== undefined) return toDouble(Number(fits), exponent)
  }
}

/**
 * The double whose shortest decimal is the shortest that reads back to the float32 `value`: 0.10000000149011612 → 0.1.
 * `String` and `JSON.stringify` of the result thus print a float32 with its fewest digits (and nearest to it among these).
 * `value` must be a float32; ±0, NaN and infinities come back unchanged.
 */
export function shortestFloat(value: number): number {
  if (value < 0) return -shortestFloat(-value)
  if (!(value > 0) || value === Infinity) return value
  if (value < 2 ** 24 && value === Math.trunc(value)) return value
  const { low, high, closed } = interval(value)

  const exponent = Math.floor(Math.log10(value)) + 1 - digits
  const scale = (x: number) => (exponent < 0 ? x * power(-exponent) : x / power(exponent))
  const target = scale(value)
  const from = scale(low)
  const to = scale(high)
  let best = 0
  let dropped = 0
  for (let step = 1; dropped <= digits; dropped++, step *= 10) {
    const nearest = Math.round(target / step) * step
    const candidate = nearest < from ? nearest + step : nearest > to ? nearest - step : nearest
    const slack = Math.min(candidate - from, to - candidate)
    if (Math.abs(slack) < doubt) return settle(value, low, high, closed)
    if (slack < 0) break
    best = Math.round(candidate / step)
  }
  return toDouble(best, exponent + dropped - 1)
}
