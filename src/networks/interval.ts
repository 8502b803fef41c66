/** An end of an interval, and whether it is reached. Infinities are not. */
interface End {
  readonly value: number
  readonly reached: boolean
}

/** Numbers from `low` to `high`. */
export interface Interval {
  readonly low: End
  readonly high: End
}

const end = (value: number, reached = Number.isFinite(value)): End => ({ value, reached })

/** Every number. */
export const LINE: Interval = {
  low: end(Number.NEGATIVE_INFINITY),
  high: end(Number.POSITIVE_INFINITY),
}

/** [low, high] */
export const closed = (low: number, high: number): Interval => ({ low: end(low), high: end(high) })

/** What a function that never falls makes of an interval: an end that is not reached maps to its limit. */
export const rising = ({ low, high }: Interval, f: (x: number) => number): Interval => ({
  low: end(f(low.value), low.reached),
  high: end(f(high.value), high.reached),
})

/** max(0, x): 0 is reached as soon as something lies at or below it. */
export const clampedBelow = ({ low, high }: Interval): Interval => ({
  low: low.value < 0 ? end(0) : low,
  high: high.value < 0 ? end(0) : high,
})

/** x + z */
export const sum = (a: Interval, b: Interval): Interval => ({
  low: end(a.low.value + b.low.value, a.low.reached && b.low.reached),
  high: end(a.high.value + b.high.value, a.high.reached && b.high.reached),
})

/** The smallest interval around both. */
export const hull = (a: Interval, b: Interval): Interval => ({
  low: outer(a.low, b.low, a.low.value < b.low.value),
  high: outer(a.high, b.high, a.high.value > b.high.value),
})

function outer(a: End, b: End, isAOutside: boolean): End {
  if (a.value === b.value) return { value: a.value, reached: a.reached || b.reached }
  return isAOutside ? a : b
}

/** The nearest number to x, or what comes arbitrarily near to it. */
export const nearestIn = ({ low, high }: Interval, x: number): number =>
  Math.min(high.value, Math.max(low.value, x))

/** `[0.5, 1)` */
export const formatInterval = ({ low, high }: Interval): string =>
  `${low.reached ? '[' : '('}${formatEnd(low.value)}, ${formatEnd(high.value)}${high.reached ? ']' : ')'}`

const formatEnd = (value: number): string =>
  Number.isFinite(value) ? String(Number(value.toPrecision(4))) : value < 0 ? '−∞' : '∞'
