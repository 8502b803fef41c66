import type { FrequencyResponse } from '../filters/frequency-response.ts'
import type { ComposeResult, StepSpec } from '../filters/job.ts'
import { rowsOf, sumOf } from '../filters/matrix.ts'
import type { Mode } from '../filters/window.ts'
import { responsePlot } from '../imaging/response-plot.ts'
import { stepText } from '../schemas/filter-steps.ts'
import { stepsOf } from './filter-answers.ts'
import { mediaTypes } from './negotiation.ts'

interface Composed extends ComposeResult {
  readonly steps: readonly StepSpec[]
  readonly mode: Mode
}

/** A composition in its format. */
export async function compositionBody(
  composed: Composed,
  format: 'json' | 'png',
): Promise<{ type: string; body: string | Buffer }> {
  if (format === 'json') return { type: mediaTypes.json, body: JSON.stringify(compositionJson(composed)) }
  const { composition, response, steps } = composed
  const plot = await responsePlot({
    title: steps.map(stepText).join(' → '),
    magnitude: { side: response.side, values: response.magnitude },
    kernel: composition.kernel,
    sum: sumOf(composition.kernel),
  })
  return { type: mediaTypes.png, body: plot }
}

function compositionJson({ composition: { kernel, centre }, response, steps, mode }: Composed): object {
  return {
    pipeline: stepsOf(steps),
    mode,
    rows: kernel.rows,
    columns: kernel.columns,
    centre: [centre.row, centre.column],
    sum: sumOf(kernel),
    kernel: rowsOf(kernel),
    response: axesOf(response),
  }
}

/** |H| from 0 to ½ cycle a pixel along both axes. */
function axesOf({ side, magnitude }: FrequencyResponse): object {
  const middle = (side - 1) / 2
  const steps = Array.from({ length: middle + 1 }, (_, i) => i)
  const at = (down: number, across: number) => magnitude[(middle + down) * side + middle + across] ?? 0
  return {
    frequencies: steps.map((i) => i / (side - 1)),
    horizontal: steps.map((i) => at(0, i)),
    vertical: steps.map((i) => at(i, 0)),
  }
}
