import * as z from 'zod'
import { LONGEST_SIDE, linear } from '../kind.ts'
import { matrixFrom } from '../matrix.ts'

const row = z.array(z.number().min(-1e9).max(1e9)).min(1).max(LONGEST_SIDE)

/** Any matrix. */
export const custom = linear({
  id: 'custom',
  title: 'Custom',
  description: 'Your own kernel, correlated as it stands (mode=conv rotates it).',
  source: 'yours',
  params: z.object({
    kernel: z
      .array(row)
      .min(1)
      .max(LONGEST_SIDE)
      .refine((rows) => rows.every(({ length }) => length === rows[0]?.length), {
        message: 'expected rows of equal length',
      })
      .describe(
        `1 to ${LONGEST_SIDE} rows of 1 to ${LONGEST_SIDE} numbers from −10⁹ to 10⁹, all of one length`,
      ),
  }),
  kernel: ({ kernel }) => matrixFrom(kernel),
})
