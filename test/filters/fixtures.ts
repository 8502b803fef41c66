import { readFileSync } from 'node:fs'
import * as z from 'zod'

/** Nested rows, of numbers or of colours. */
export const pictureSchema = z.array(z.array(z.union([z.number(), z.array(z.number())])))

/** Outputs of Octave, cross-checked with SciPy and OpenCV; lists of Mathematica. */
export const fixtures = z
  .object({
    images: z.record(z.string(), pictureSchema),
    kernels: z.record(z.string(), z.array(z.array(z.number()))),
    cases: z.array(
      z.object({
        i: z.string(),
        k: z.string(),
        b: z.string(),
        s: z.string(),
        m: z.string(),
        o: pictureSchema,
      }),
    ),
    saturation: z.array(
      z.object({
        i: z.string(),
        class: z.enum(['uint8', 'int16']),
        k: z.string(),
        b: z.string(),
        o: pictureSchema,
      }),
    ),
    order: z.array(
      z.object({
        i: z.string(),
        b: z.string(),
        sharpen_then_smooth: pictureSchema,
        smooth_then_sharpen: pictureSchema,
        max_diff: z.number(),
        max_diff_interior: z.number(),
        lap_then_avg: pictureSchema,
        avg_then_lap: pictureSchema,
        max_diff_lap: z.number(),
        max_diff_lap_interior: z.number(),
      }),
    ),
    mathematica: z.object({
      list: z.array(z.number()),
      gauss_r1: z.array(z.number()),
      laplacian_r1_1d: z.array(z.number()),
      fixed: z.object({ gauss_of_lapl: z.array(z.number()), lapl_of_gauss: z.array(z.number()) }),
      pad1: z.object({ gauss_of_lapl: z.array(z.number()), lapl_of_gauss: z.array(z.number()) }),
    }),
  })
  .parse(JSON.parse(readFileSync(new URL('../fixtures/filters.json', import.meta.url), 'utf8')))

export type FixturePicture = z.output<typeof pictureSchema>
