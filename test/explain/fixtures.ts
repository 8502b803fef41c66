import { readFileSync } from 'node:fs'
import * as z from 'zod'

/** Numbers of Captum 0.8 and pytorch-grad-cam on two toy networks (`model`), by id. */
const caseSchema = z.object({
  id: z.string(),
  expected: z.unknown().optional(),
  delta: z.array(z.number()).optional(),
  alphas: z.array(z.number()).optional(),
  weights: z.array(z.number()).optional(),
})
const cases = z
  .array(caseSchema)
  .parse(JSON.parse(readFileSync(new URL('../fixtures/attribution.json', import.meta.url), 'utf8')))

/** The case with its expected numbers in one row. */
export function fixture(id: string) {
  const found = cases.find((entry) => entry.id === id)
  if (!found) throw new Error(`no fixture ${id}`)
  const { expected, delta = [], alphas = [], weights = [] } = found
  return { expected: z.array(z.number()).parse([expected ?? []].flat(Infinity)), delta, alphas, weights }
}
