import type { Arithmetic } from '../../src/filters/arithmetic.ts'
import { allRows, type Band, type Extent } from '../../src/filters/band.ts'
import { BOUNDARY_RULES, type Boundary } from '../../src/filters/boundary.ts'
import { kinds } from '../../src/filters/kinds/index.ts'
import { matrixFrom } from '../../src/filters/matrix.ts'
import { extentAfterStep, type Pipeline, runPipeline, type Step } from '../../src/filters/pipeline.ts'
import { plain } from '../../src/filters/plain.ts'
import { correlate } from '../../src/filters/stages/correlate.ts'
import type { FixturePicture } from './fixtures.ts'

/** A picture of nested rows as a band in float64. */
export function bandOf(picture: FixturePicture): Band {
  const flat = picture.flat(2)
  const [rows, columns] = [picture.length, picture[0]?.length ?? 0]
  const extent = { rows, columns, channels: flat.length / (rows * columns) }
  return { ...extent, ...allRows(extent), data: Float64Array.from(flat) }
}

/** What `toBeClose` compares. */
export const numbersOf = ({ rows, columns, channels, data }: Band) => ({
  shape: [rows, columns, channels],
  data,
})

/** The fixtures' names of boundaries. */
export const boundaryOf = (name: string): Boundary =>
  BOUNDARY_RULES.find((rule) => rule === name) ?? (name === 'none' ? 0 : Number(name))

export const stepOf = (
  kernel: readonly (readonly number[])[],
  combine: Step['combine'] = 'replace',
): Step => ({
  stages: [correlate(matrixFrom(kernel))],
  combine,
  amount: 1,
})

/** A kind of filter with its parameters, as a step. */
export const stepOfKind = (id: string, params: Readonly<Record<string, unknown>> = {}): Step => {
  const kind = kinds.get(id)
  if (!kind) throw new Error(`there is no filter ${id}`)
  return { stages: kind.stages(params), combine: kind.combine ?? 'replace', amount: 1 }
}

export const pipelineOf = (steps: readonly Step[], rest: Partial<Pipeline> = {}): Pipeline => ({
  steps,
  boundary: 0,
  size: 'same',
  mode: 'corr',
  intermediate: 'float',
  result: 'float',
  ...rest,
})

/** The whole result of a pipeline. */
export function filtered(x: Band, pipeline: Pipeline, arithmetic: Arithmetic = plain): Band {
  const extent = pipeline.steps.reduce<Extent>((sides, step) => extentAfterStep(step, sides, pipeline), x)
  return runPipeline(pipeline, x, allRows(extent), arithmetic)
}
