import type { Fault } from '../faults/fault.ts'
import type { Extent } from './band.ts'
import { FilterError } from './errors.ts'
import type { PipelineSpec, StepSpec } from './job.ts'
import { kinds } from './kinds/index.ts'
import { extentAfterStep, type Pipeline, type Step } from './pipeline.ts'
import type { Setting } from './window.ts'

/** The stages of a step. */
export function stepOf({ type, params, combine, amount }: StepSpec): Step {
  const kind = kinds.get(type)
  if (!kind)
    throw new FilterError('bad-parameter', [{ parameter: 'pipeline', message: `there is no filter ${type}` }])
  return { stages: kind.stages(params), combine, amount }
}

/** The pipeline that a spec describes. `result`: what its numbers are cast to in the end. */
export const pipelineOf = ({ steps, ...rest }: PipelineSpec, result: Pipeline['result']): Pipeline => ({
  ...rest,
  steps: steps.map(stepOf),
  result,
})

/** What a step is called in a refusal, as it was asked for. */
export type StepNaming = (i: number) => string

/** Throws FilterError naming the first step that cannot be applied to a picture of these sides. */
export function checkPipeline(pipeline: Pipeline, source: Extent, nameOf: StepNaming): void {
  const faults: Fault[] = []
  let extent = source
  for (const [i, step] of pipeline.steps.entries()) {
    faults.push(...faultsOf(step, extent, pipeline).map((message) => ({ parameter: nameOf(i), message })))
    if (faults.length > 0) break
    extent = extentAfterStep(step, extent, pipeline)
  }
  if (faults.length > 0) throw new FilterError('bad-parameter', faults)
}

function faultsOf({ stages, combine }: Step, extent: Extent, { boundary, size }: Setting): string[] {
  const sides = `a picture of ${extent.rows} rows and ${extent.columns} columns`
  const bounded = size === 'valid' || boundary === 'mirror' || boundary === 'circular'
  const tooLarge = stages.flatMap(({ reach }) => {
    if (reach === 'whole' || !bounded || (reach.rows <= extent.rows && reach.columns <= extent.columns))
      return []
    const rule = size === 'valid' ? 'size=valid' : `boundary=${boundary}`
    return [
      `expected a kernel within ${sides} for ${rule}, got ${reach.rows}x${reach.columns}: take ${size === 'valid' ? 'size=same' : 'another boundary, symmetric say'}, or a smaller kernel`,
    ]
  })
  const uncombined =
    combine !== 'replace' && size !== 'same'
      ? [`combine=${combine} needs results as large as their input: expected size=same, got size=${size}`]
      : []
  return [...tooLarge, ...uncombined]
}
