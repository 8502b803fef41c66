import { FilterError } from './errors.ts'
import { centreOf, composed, type Matrix, matrixOf, plusIdentity } from './matrix.ts'
import type { Pipeline, Step } from './pipeline.ts'
import { oriented } from './window.ts'

/** One kernel that does what a pipeline does, where no edge is near. */
export interface Composition {
  readonly kernel: Matrix
  /** the entry that meets the pixel which a result is for */
  readonly centre: { readonly row: number; readonly column: number }
}

/** The kernel of correlating once for all steps, F1*F2. Throws FilterError naming the steps that are not linear. */
export function compose(pipeline: Pipeline): Composition {
  const curved = pipeline.steps.flatMap(({ stages }, i) =>
    stages.some(({ kernel }) => kernel === undefined) ? [i] : [],
  )
  if (curved.length > 0)
    throw new FilterError(
      'bad-parameter',
      curved.map((i) => ({ parameter: `pipeline[${i}]`, message: 'not linear: no kernel equals it' })),
    )
  if (pipeline.intermediate !== 'float')
    throw new FilterError('bad-parameter', [
      { parameter: 'intermediate', message: 'casting between steps is not linear: expected float' },
    ])
  return pipeline.steps.map((step) => ofStep(step, pipeline)).reduce(both)
}

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
