/** The classes of numbers that results are cast to, with their range; whole numbers but for the floats. */
export const INTEGER_CLASSES = { uint8: [0, 255], uint16: [0, 65535], int16: [-32768, 32767] } as const
export type IntegerClass = keyof typeof INTEGER_CLASSES
export type NumberClass = IntegerClass | 'float32' | 'float64'
export const NUMBER_CLASSES = [
  'uint8',
  'uint16',
  'int16',
  'float32',
  'float64',
] as const satisfies NumberClass[]

export const isInteger = (type: NumberClass): type is IntegerClass => Object.hasOwn(INTEGER_CLASSES, type)

/** The range that a class shows as black to white: 0 … 1 for floats. */
export const displayRange = (type: NumberClass): readonly [low: number, high: number] =>
  isInteger(type) ? INTEGER_CLASSES[type] : [0, 1]

/** Rounded half away from zero, as MATLAB casts, and kept within the range; NaN is 0. */
export function saturate(value: number, [low, high]: readonly [number, number]): number {
  const rounded = value < 0 ? -Math.round(-value) : Math.round(value)
  return rounded > high ? high : rounded < low ? low : rounded || 0
}
