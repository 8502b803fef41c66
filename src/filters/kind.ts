import * as z from 'zod'
import type { Matrix } from './matrix.ts'
import type { Stage } from './stage.ts'
import { correlate } from './stages/correlate.ts'

/** Longest side of a kernel or footprint. */
export const LONGEST_SIDE = 255

export const COMBINES = ['replace', 'subtract', 'add'] as const
/** The filtered picture by itself, subtracted from the picture that came in, or added to it. */
export type Combine = (typeof COMBINES)[number]

/** What the API tells of a filter. */
export interface FilterCard {
  readonly id: string
  readonly title: string
  readonly description: string
  /** whose definition it is */
  readonly source: string
  /** how its result meets its input, unless a step says otherwise; `replace` unless said */
  readonly combine?: Combine
}

interface Definition<P extends z.ZodObject> extends FilterCard {
  /** its own parameters, each with a description; the order is that of the query's grammar */
  readonly params: P
  /** what it does, one stage after the other */
  readonly stages: (params: z.output<P>) => readonly Stage[]
}

/** One kind of filter, whatever its parameters are. */
export interface FilterKind extends FilterCard {
  readonly params: z.ZodObject
  /** Throws ZodError when the parameters do not fit the schema. */
  readonly stages: (params: Readonly<Record<string, unknown>>) => readonly Stage[]
}

/** Declares a filter; its parameters' types are inferred from the schema. */
export const filter = <P extends z.ZodObject>(definition: Definition<P>): FilterKind => ({
  ...definition,
  stages: (params) => definition.stages(definition.params.parse(params)),
})

/** A filter that is a correlation with one kernel. */
export const linear = <P extends z.ZodObject>({
  kernel,
  ...card
}: FilterCard & { readonly params: P; readonly kernel: (params: z.output<P>) => Matrix }): FilterKind =>
  filter({ ...card, stages: (params) => [correlate(kernel(params))] })

const side = z.int().min(1).max(LONGEST_SIDE)

/** The sides of a kernel: one number for both, or rows and columns. */
export const sizeSchema = (rows: number, columns = rows) =>
  z
    .union([side, z.tuple([side, side]).describe(`rows and columns, each 1 to ${LONGEST_SIDE}`)])
    .default(rows === columns ? rows : [rows, columns])
    .describe(
      `Sides of the kernel or window: one number for both, or rows and columns (in a query 3x5), 1 to ${LONGEST_SIDE}`,
    )

export const sidesOf = (size: number | readonly [number, number]): { rows: number; columns: number } =>
  typeof size === 'number' ? { rows: size, columns: size } : { rows: size[0], columns: size[1] }
