import type { Difference } from './job.ts'
import type { Pipeline } from './pipeline.ts'

/** What differs between the orders of a pipeline's steps, and why, in one sentence. `names`: of the steps. */
export function sentenceOn(
  difference: Difference,
  pipeline: Pipeline,
  names: readonly string[],
  orders: number,
): string {
  const { max, interior, where } = difference
  if (orders < 2) return 'There is only one order: of a single step, or of steps that are alike.'
  if (where === 'nowhere')
    return `The order makes no difference: the results are equal${max > 0 ? `, but for rounding (${short(max)})` : ''}, ${whyEqual(pipeline)}.`
  const place = `at row ${difference.row}, column ${difference.column}`
  if (where === 'rings')
    return `The order matters only near the edges: results differ by up to ${short(max)} (${place}) there, because each step goes beyond the edges of its own input (boundary=${pipeline.boundary}), which the step before has changed; inside they are equal${interior > 0 ? `, but for rounding (${short(interior)})` : ''}, as linear filters commute.`
  return `The order matters everywhere: results differ by up to ${short(max)} (${place}), inside by up to ${short(interior)}, because ${whyDifferent(pipeline, names)}.`
}

const isLinear = ({ steps }: Pipeline): boolean =>
  steps.every(({ stages }) => stages.every(({ kernel }) => kernel !== undefined))

const whyEqual = (pipeline: Pipeline): string =>
  isLinear(pipeline) && pipeline.intermediate === 'float'
    ? `as linear filters commute${pipeline.size === 'same' ? `, and with boundary=${pipeline.boundary} these do at the edges of this picture, too` : ''}`
    : 'which holds for this picture, not in general'

function whyDifferent(pipeline: Pipeline, names: readonly string[]): string {
  const curved = pipeline.steps.flatMap(({ stages }, i) =>
    stages.some(({ kernel }) => kernel === undefined) ? [names[i] ?? ''] : [],
  )
  const reasons = [
    ...(pipeline.intermediate === 'float'
      ? []
      : [`rounding and clamping to ${pipeline.intermediate} between the steps is not linear`]),
    ...(curved.length > 0
      ? [`${[...new Set(curved)].join(' and ')} ${curved.length > 1 ? 'are' : 'is'} not linear`]
      : []),
  ]
  return reasons.length > 0
    ? reasons.join(', and ')
    : 'what lies beyond the edges reaches all of this picture'
}

/** Three digits, as people write them. */
const short = (value: number): string => `${Number(value.toPrecision(3))}`
