/** An option's text as a whole number from 1 to `most`. Throws RangeError. */
export function bounded(name: string, text: string, most: number): number {
  const value = Number(text)
  if (Number.isInteger(value) && value >= 1 && value <= most) return value
  throw new RangeError(`expected a whole number from 1 to ${most} for --${name}, got ${text}`)
}
