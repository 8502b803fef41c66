import { sentence } from '../errors.ts'
import { type HistogramPanel, histogramPlot } from '../imaging/histogram-plot.ts'
import { tensorToJson } from '../imaging/tensor-json.ts'
import type { DiagnoseResult } from '../networks/diagnose.ts'
import type { NotFinite } from '../networks/layer-statistics.ts'
import type { TraceResult } from '../networks/trace.ts'
import { shownJson } from './tensor-answers.ts'

/** A trace, for JSON. */
export const traceJson = ({ loss, output, layers }: TraceResult): object => ({
  loss,
  output: tensorToJson(output),
  layers: layers.map(({ name, type, formula, derivative, local, parameters, ...arrays }) => ({
    ...{ name, type, formula, derivative },
    input: shownJson(arrays.input),
    output: shownJson(arrays.output),
    ...(local && { local: shownJson(local) }),
    incoming: shownJson(arrays.incoming),
    outgoing: shownJson(arrays.outgoing),
    parameters: parameters.map(({ name, value, gradient, update }) => ({
      name,
      value: shownJson(value),
      gradient: shownJson(gradient),
      update: shownJson(update),
    })),
  })),
})

/** JSON has no NaN: here it is a text, since it is what was asked about. */
const notFiniteJson = <T extends NotFinite>(found: T) => ({ ...found, value: String(found.value) })

/** A diagnosis, for JSON. */
export const diagnosisJson = (
  { samples, loss, layers, firstNotFinite, verdicts }: DiagnoseResult,
  id: string,
): object => ({
  samples,
  loss: { id, value: loss },
  verdicts,
  ...(firstNotFinite && { firstNotFinite: notFiniteJson(firstNotFinite) }),
  layers: layers.map(({ notFinite, ...layer }) => ({
    ...layer,
    ...(notFinite && { notFinite: notFiniteJson(notFinite) }),
  })),
})

/** A verdict as a sentence; names of layers stay as they are. */
const asSentence = (verdict: string, layers: DiagnoseResult['layers']): string =>
  layers.some(({ name }) => verdict.startsWith(name)) ? `${verdict}.` : sentence(verdict)

/** Layers in the picture, at most. */
const MOST_PANELS = 60

/** A diagnosis as a picture: how the outputs of each layer lie, and the verdicts. */
export function diagnosisPicture(
  model: string,
  { layers, samples, verdicts }: DiagnoseResult,
): Promise<Buffer> {
  const panels = layers.slice(0, MOST_PANELS).map(
    ({ name, zeros, dead, units, histogram, verdicts: own }): HistogramPanel => ({
      ...histogram,
      title: dead.length > 0 ? `${name}, ${dead.length} of ${units} dead` : name,
      values: `output, ${Number(zeros.toPrecision(3))} % zero`,
      mark: own.length > 0 ? 'striking' : 'plain',
    }),
  )
  const left = layers.length - panels.length
  return histogramPlot({
    title: `${model}: outputs of its layers for ${samples} ${samples === 1 ? 'sample' : 'samples'}`,
    sentences: [
      ...(left > 0 ? [`The first ${MOST_PANELS} of ${layers.length} layers.`] : []),
      ...(panels.some(({ mark }) => mark === 'striking') ? ['Orange: layers with findings.'] : []),
      ...verdicts.map((verdict) => asSentence(verdict, layers)),
    ],
    panels,
  })
}
