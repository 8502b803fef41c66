import { readable } from '../imaging/charts/number.ts'
import { type TracePlot, type TraceRow, tracePlot } from '../imaging/trace-plot.ts'
import type { StoredNetwork } from '../networks/store.ts'
import type { Aim, TracedMaps, TraceMapsResult } from '../networks/trace-maps.ts'

/** A trace as a PNG. */
export const tracePicture = (network: StoredNetwork, result: TraceMapsResult): Promise<Buffer> =>
  tracePlot(tracePlotOf(network, result))

/** What the picture of a trace says and shows. */
export function tracePlotOf(
  { id, labels }: Pick<StoredNetwork, 'id' | 'labels'>,
  { loss, aim, input, layers, leftOut }: TraceMapsResult,
): TracePlot {
  const rows: (TraceRow | string)[] = [
    { title: 'input', facts: sides(input), formula: undefined, labels: undefined, ...drawn(input, 'x') },
    ...layers.map(
      (layer, i): TraceRow => ({
        title: layer.name,
        facts: `${layer.type}, ${sides(layer)}`,
        formula: written(layer.formula),
        labels: i === layers.length - 1 ? namesBelow(aim, labels, layer.values.count) : undefined,
        ...drawn(layer, 'y'),
      }),
    ),
  ]
  if (leftOut) {
    const { after, count, all, first, last } = leftOut
    const which = count === 1 ? `is left out: ${first}.` : `are left out: ${first} to ${last}.`
    rows.splice(after + 1, 0, `${count} of ${all} layers ${which}`)
  }
  return {
    title: `${id}: one sample forward and backward`,
    facts: [`Loss ${loss.id}: ${loss.formula} = ${readable(loss.value)}`, aimSentence(aim, labels)],
    rows,
  }
}

/** As the letters of the picture's font can say it. */
const written = (formula: string): string => formula.replaceAll('⋆', '★')

const sides = ({ shape }: TracedMaps): string => shape.join(' × ')

function drawn({ summary, gradientSummary, values, gradient }: TracedMaps, name: 'x' | 'y') {
  const { mean, std, min, max, zeros } = summary
  // of no finite number at all
  const said = (value: number, of = summary, unit = ''): string =>
    of.notFinite === of.count ? '–' : `${readable(value)}${unit}`
  return {
    numbers: [
      ['mean', said(mean)],
      ['std', said(std)],
      ['min', said(min)],
      ['max', said(max)],
      ['zero', said(zeros, summary, ' %')],
      [`‖∂L/∂${name}‖`, said(gradientSummary.norm, gradientSummary)],
    ],
    values,
    gradient,
  } as const
}

/** Below the last layer's numbers: their names, or else numbers of classes. */
function namesBelow(
  aim: Aim,
  labels: readonly string[] | undefined,
  count: number,
): readonly string[] | undefined {
  if (labels) return labels
  return aim.kind === 'class' ? Array.from({ length: count }, (_, k) => String(k)) : undefined
}

function aimSentence(aim: Aim, labels: readonly string[] | undefined): string {
  const name = (k: number): string => labels?.[k] ?? `class ${k}`
  const share = ({ probability }: { readonly probability: number | undefined }) =>
    probability === undefined ? '' : `, probability ${Math.round(1000 * probability) / 10} %`
  const list = (values: readonly number[]): string => values.map(readable).join(', ')
  switch (aim.kind) {
    case 'class': {
      const { target, predicted } = aim
      const said =
        predicted === undefined
          ? 'none, its outputs are not finite'
          : `${name(predicted.index)}, output ${readable(predicted.output)}${share(predicted)}`
      return `Target: ${name(target)}. Prediction: ${said}.`
    }
    case 'numbers':
      return `Target: ${list(aim.target)}. Prediction: ${list(aim.output)}${share(aim)}.`
    case 'many':
      return `Target: ${aim.count} numbers. Prediction: ‖y − t‖ = ${readable(aim.distance)}, largest |y − t| = ${readable(aim.largest)}.`
  }
}
