import * as z from 'zod'
import { readNested } from './nested.ts'

/** Numbers of a spec, flat or nested row by row. */
export const valuesSchema = z
  .array(z.unknown())
  .check(({ value, issues }) => {
    const read = readNested(value)
    const message =
      'fault' in read
        ? read.fault
        : read.data.every(Number.isFinite)
          ? undefined
          : 'expected finite numbers, got others'
    if (message !== undefined) issues.push({ code: 'custom', message, input: value })
  })
  .meta({
    id: 'Values',
    description: 'Numbers, flat or nested row by row',
    example: [
      [1, -1],
      [-1, 1],
    ],
  })
