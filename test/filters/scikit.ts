import { readFileSync } from 'node:fs'
import * as z from 'zod'
import { BOUNDARY_RULES } from '../../src/filters/boundary.ts'
import { pictureSchema } from './fixtures.ts'

const matrixSchema = z.array(z.array(z.number()))

/** Outputs of scikit-image in float64, made by fixtures/filters-scikit.py. */
export const scikit = z
  .object({
    pictures: z.record(z.string(), pictureSchema),
    gabor: z.array(
      z.object({
        params: z.record(z.string(), z.unknown()),
        real: matrixSchema,
        imaginary: matrixSchema,
      }),
    ),
    cases: z.array(
      z.object({
        kind: z.string(),
        params: z.record(z.string(), z.unknown()),
        picture: z.string(),
        boundary: z.union([z.number(), z.enum(BOUNDARY_RULES)]),
        by: z.string(),
        output: pictureSchema,
      }),
    ),
  })
  .parse(JSON.parse(readFileSync(new URL('../fixtures/filters-scikit.json', import.meta.url), 'utf8')))
