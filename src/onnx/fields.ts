import { malformed } from './errors.ts'

/** Typed reading of decoded protobuf objects: a field is there in the right type, or its default, or the file is malformed. */

/** Whether a value can have fields. */
export const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null

/** Whether the file has the field, rather than the schema's default. */
export const has = (message: object, name: string): boolean => Object.hasOwn(message, name)

const read = (message: object, name: string): unknown =>
  has(message, name) ? Reflect.get(message, name) : undefined

/** A text, '' by default. Throws `malformed` when it is none; so do the others for theirs. */
export function text(message: object, name: string): string {
  const value = read(message, name) ?? ''
  if (typeof value !== 'string') throw malformed(`the field ${name} is not text`)
  return value
}

/** protobufjs gives 64-bit integers as objects; above 2⁵³ they lose digits, which only clamped slice ends have. */
function toNumber(value: unknown, name: string): number {
  if (typeof value === 'number') return value
  if (isObject(value) && 'toNumber' in value && typeof value.toNumber === 'function') {
    const number: unknown = value.toNumber()
    if (typeof number === 'number') return number
  }
  throw malformed(`the field ${name} is not a number`)
}

/** A number of any width, 0 by default. */
export const number = (message: object, name: string): number => toNumber(read(message, name) ?? 0, name)

/** A message in a field, undefined by default. */
export function child(message: object, name: string): object | undefined {
  const value = read(message, name) ?? undefined
  if (value !== undefined && !isObject(value)) throw malformed(`the field ${name} is not a message`)
  return value
}

function list(message: object, name: string): readonly unknown[] {
  const value = read(message, name) ?? []
  if (!Array.isArray(value)) throw malformed(`the field ${name} is not a list`)
  return value
}

/** Messages of a repeated field. */
export const children = (message: object, name: string): readonly object[] =>
  list(message, name).map((value) => {
    if (!isObject(value)) throw malformed(`the field ${name} is not a list of messages`)
    return value
  })

/** Texts of a repeated field. */
export const texts = (message: object, name: string): readonly string[] =>
  list(message, name).map((value) => {
    if (typeof value !== 'string') throw malformed(`the field ${name} is not a list of texts`)
    return value
  })

/** Numbers of a repeated field, of any width. */
export const numbers = (message: object, name: string): readonly number[] =>
  list(message, name).map((value) => toNumber(value, name))

/** A view of the file, not a copy. */
export function bytes(message: object, name: string): Uint8Array | undefined {
  const value = read(message, name) ?? undefined
  if (value !== undefined && !(value instanceof Uint8Array)) throw malformed(`the field ${name} is not bytes`)
  return value
}
