import * as z from 'zod'

/*
 * What the bench and its contenders say to each other, a JSON object a line, over the contender's standard input and
 * output. A contender answers each line with one line, and between them it sleeps.
 */

export const measureNames = ['forward', 'saliency', 'ig', 'smoothgrad'] as const
export type Measure = (typeof measureNames)[number]

/** Loads a net, in place of the one before. The input is a file of raw float32 numbers, (1,3,224,224). */
export interface LoadOrder {
  readonly net: string
  readonly file: string
  readonly input: string
  readonly target: number
}
/** Runs a measure of the loaded net: first `warm` times untimed, then `runs` times. */
export interface MeasureOrder {
  readonly measure: Measure
  readonly warm: number
  readonly runs: number
}
export type Order = LoadOrder | MeasureOrder

export const loadedSchema = z.object({ measures: z.array(z.enum(measureNames)) })
export const measuredSchema = z.object({
  /** milliseconds of each run */
  ms: z.array(z.number()),
  /** Σ|v| over the answer's numbers, for a look at whether contenders did the same; null where they need not agree */
  size: z.number().nullable(),
})
export const failedSchema = z.object({ error: z.string() })

export type Loaded = z.output<typeof loadedSchema>
export type Measured = z.output<typeof measuredSchema>
