import type { ServedModel } from '../engine.ts'
import { shortestFloat } from '../imaging/shortest-float.ts'

/** A score or probability as every answer prints it: a float32, with the fewest digits that read back to it. */
export const plainFloat = (value: number): number => shortestFloat(Math.fround(value))

/** Name of a class; of one that the labels do not reach, its number in words. */
export const labelOf = ({ labels }: ServedModel, index: number): string => labels[index] ?? `class ${index}`

/** Any text as a header's value: percent-encoded UTF-8. Labels may hold line breaks and every script. */
export const headerValue = (text: string): string => encodeURIComponent(text.toWellFormed())
