import { pipelineOf, type StepNaming } from './build.ts'
import { FilterError } from './errors.ts'
import { frequencyResponse } from './frequency-response.ts'
import type { ComposeJob, ComposeResult } from './job.ts'
import { LONGEST_SIDE } from './kind.ts'
import { centreOf, composed, type Matrix, matrixOf, plusIdentity } from './matrix.ts'
import type { Pipeline, Step } from './pipeline.ts'
import { oriented } from './window.ts'

/** One kernel that does what a pipeline does, where no edge is near. */
export interface Composition {
  readonly kernel: Matrix
  /** the entry that meets the pixel which a result is for */
  readonly centre: { readonly row: number; readonly column: number }
}

/** The kernel of a pipeline, and what it does to waves. */
export function runCompose({ pipeline }: ComposeJob): ComposeResult {
  const composition = compose(pipelineOf(pipeline, 'float'))
  return { composition, response: frequencyResponse(composition.kernel) }
}

/** Throws FilterError naming what no kernel equals, or a kernel that would be too large. */
export function checkComposition(pipeline: Pipeline, nameOf: StepNaming): void {
  const curved = pipeline.steps.flatMap(({ stages }, i) =>
    stages.some(({ kernel }) => kernel === undefined) ? [i] : [],
  )
  if (curved.length > 0)
    throw new FilterError(
      'bad-parameter',
      curved.map((i) => ({ parameter: nameOf(i), message: 'not linear: no kernel equals it' })),
    )
  if (pipeline.intermediate !== 'float')
    throw new FilterError('bad-parameter', [
      { parameter: 'intermediate', message: 'casting between steps is not linear: expected float' },
    ])
  const side = (of: 'rows' | 'columns') =>
    pipeline.steps
      .flatMap(({ stages }) => stages.map(({ kernel }) => (kernel?.[of] ?? 1) - 1))
      .reduce((a, b) => a + b, 1)
  const [rows, columns] = [side('rows'), side('columns')]
  if (Math.max(rows, columns) > LONGEST_SIDE)
    throw new FilterError('bad-parameter', [
      {
        parameter: 'filter',
        message: `expected kernels that together have at most ${LONGEST_SIDE} rows and columns, got ${rows}x${columns}`,
      },
    ])
}

/** The kernel of correlating once for all steps of a pipeline that `checkComposition` found well: F1*F2. */
export const compose = (pipeline: Pipeline): Composition =>
  pipeline.steps.map((step) => ofStep(step, pipeline)).reduce(both, IDENTITY)

/** The kernel of one step, its input included where it is combined with it. */
function ofStep({ stages, combine, amount }: Step, { mode }: Pipeline): Composition {
  const kernels = stages.flatMap(({ kernel }) => (kernel ? [kernel] : []))
  const filtered = kernels.map((kernel) => ofKernel(oriented(kernel, mode), mode)).reduce(both, IDENTITY)
  if (combine === 'replace') return filtered
  const { kernel, centre } = filtered
  return { kernel: plusIdentity(kernel, combine === 'add' ? amount : -amount, 1, centre), centre }
}

const ofKernel = (kernel: Matrix, mode: Pipeline['mode']): Composition => {
  const centre = (side: number) => (mode === 'corr' ? centreOf(side) : side - 1 - centreOf(side))
  return { kernel, centre: { row: centre(kernel.rows), column: centre(kernel.columns) } }
}

const IDENTITY: Composition = { kernel: matrixOf(1, 1, () => 1), centre: { row: 0, column: 0 } }

const both = (a: Composition, b: Composition): Composition => ({
  kernel: composed(a.kernel, b.kernel),
  centre: { row: a.centre.row + b.centre.row, column: a.centre.column + b.centre.column },
})
