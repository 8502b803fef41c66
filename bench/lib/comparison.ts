import { median } from './median.ts'
import type { NetName } from './nets.ts'
import type { Measure } from './protocol.ts'
import { isMet, ratioCell, ratios, type Timing } from './ratios.ts'
import { figure, markdownTable, number, text } from './table.ts'
import type { Times } from './turns.ts'

/* What is printed and written of a comparison. */

export type Results = ReadonlyMap<NetName, readonly Times[]>

const titles: { readonly [name: string]: string } = {
  gradlens: 'gradlens',
  ort: 'ONNX Runtime',
  torch: 'PyTorch, Captum',
  jax: 'jax-js',
}
const measureTitles: { readonly [M in Measure]: string } = {
  forward: 'forward',
  saliency: 'saliency',
  ig: 'integrated gradients, 50 steps',
  smoothgrad: 'SmoothGrad, 25 samples',
}

const find = (results: Results, net: NetName, { contender, measure }: Timing): Times | undefined =>
  results.get(net)?.find((times) => times.contender === contender && times.measure === measure)

function quotient(results: Results, net: NetName, over: Timing, under: Timing): number | undefined {
  const value = median(find(results, net, over)?.ms ?? []) / median(find(results, net, under)?.ms ?? [])
  return Number.isFinite(value) ? value : undefined
}

export function timeTable(results: Results, measures: readonly Measure[]): string {
  const all = [...results.values()].flat()
  const rows = measures.flatMap((measure) => {
    const contenders = new Set(
      all.filter((times) => times.measure === measure).map(({ contender }) => contender),
    )
    return [...contenders].map((contender) => [
      measureTitles[measure],
      titles[contender] ?? contender,
      ...[...results.keys()].map((net) => timeCell(find(results, net, { contender, measure }))),
    ])
  })
  return markdownTable([text('ms: median (rounds)'), text(''), ...[...results.keys()].map(number)], rows)
}

const timeCell = (times: Times | undefined): string => {
  if (!times) return ''
  return times.problem ?? `${figure(median(times.ms))} (${times.rounds})`
}

export const ratioTable = (results: Results): string =>
  markdownTable(
    [text('ratio of medians'), ...[...results.keys()].map(text)],
    ratios.map((ratio) => [
      ratio.title,
      ...[...results.keys()].map((net) =>
        ratioCell(ratio, net, quotient(results, net, ratio.over, ratio.under)),
      ),
    ]),
  )

/** The ratios as numbers, for the report. */
export const ratioValues = (results: Results) =>
  ratios.map((ratio) => ({
    title: ratio.title,
    nets: [...results.keys()].map((net) => {
      const value = quotient(results, net, ratio.over, ratio.under)
      return { net, value, bound: ratio.bounds[net], met: value !== undefined && isMet(ratio, net, value) }
    }),
  }))

/** Where a contender's answer is not ours: it did something else. SmoothGrad is not compared, the noise is each one's own. */
export function* disagreements(results: Results): Generator<string> {
  for (const [net, list] of results)
    for (const { contender, measure, size } of list) {
      const ours = find(results, net, { contender: 'gradlens', measure })?.size
      if (measure === 'smoothgrad' || ours == null || size === null) continue
      if (Math.abs(size - ours) > 0.01 * Math.abs(ours))
        yield `${net}, ${measure}: Σ|answer| is ${figure(ours)} here and ${figure(size)} with ${contender}`
    }
}
