import type { Composition } from '../filters/compose.ts'
import { frequencyResponse } from '../filters/frequency-response.ts'
import type { StepSpec } from '../filters/job.ts'
import { rowsOf, sumOf } from '../filters/matrix.ts'
import type { Mode } from '../filters/window.ts'
import { stepsOf } from './filter-answers.ts'
import { mediaTypes } from './negotiation.ts'

interface Composed {
  readonly composition: Composition
  readonly steps: readonly StepSpec[]
  readonly mode: Mode
}

/** A composition in its format. */
export async function compositionBody(
  composed: Composed,
  format: 'json' | 'png',
): Promise<{ type: string; body: string | Buffer }> {
  return { type: mediaTypes.json, body: JSON.stringify(compositionJson(composed)) }
}

function compositionJson({ composition: { kernel, centre }, steps, mode }: Composed): object {
  return {
    pipeline: stepsOf(steps),
    mode,
    rows: kernel.rows,
    columns: kernel.columns,
    centre: [centre.row, centre.column],
    sum: sumOf(kernel),
    kernel: rowsOf(kernel),
    response: axesOf(kernel),
  }
}
