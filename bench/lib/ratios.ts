import { BUILT_IN, type NetName } from './nets.ts'
import type { Measure } from './protocol.ts'
import { figure } from './table.ts'

/** A contender and what it was measured in. */
export interface Timing {
  readonly contender: string
  readonly measure: Measure
}

/** A row of the table that the core is held to. */
export interface Ratio {
  readonly title: string
  readonly over: Timing
  readonly under: Timing
  /** whether the ratio must not be above its bound, or not below it */
  readonly kind: 'at most' | 'at least'
  readonly bounds: { readonly [Net in NetName]: number }
}

const bounds = (builtIn: number, mobile: number, resnet18: number, resnet50: number, vgg16: number) => ({
  [BUILT_IN]: builtIn,
  mobilenet_v2: mobile,
  resnet18,
  resnet50,
  vgg16,
})
const captumOverOurs = (title: string, measure: Measure, limits: Ratio['bounds']): Ratio => ({
  title,
  over: { contender: 'torch', measure },
  under: { contender: 'gradlens', measure },
  kind: 'at least',
  bounds: limits,
})

export const ratios: readonly Ratio[] = [
  {
    title: 'forward time ÷ ONNX Runtime native',
    over: { contender: 'gradlens', measure: 'forward' },
    under: { contender: 'ort', measure: 'forward' },
    kind: 'at most',
    bounds: bounds(1.2, 1.2, 1, 1, 1),
  },
  captumOverOurs('Captum Saliency time ÷ ours', 'saliency', bounds(2.5, 2.5, 2.2, 2, 2)),
  captumOverOurs('Captum IntegratedGradients(50) ÷ ours', 'ig', bounds(3, 3, 2.5, 2.3, 2.3)),
  captumOverOurs('Captum SmoothGrad(25) ÷ ours', 'smoothgrad', bounds(2.5, 2.5, 2.2, 2, 2)),
]

export const isMet = ({ kind, bounds: limits }: Ratio, net: NetName, value: number): boolean =>
  kind === 'at most' ? value <= limits[net] : value >= limits[net]

/** `1.83 (≤ 1.2 missed)`; empty where one of the two was not measured. */
export function ratioCell(ratio: Ratio, net: NetName, value: number | undefined): string {
  if (value === undefined) return ''
  const sign = ratio.kind === 'at most' ? '≤' : '≥'
  return `${figure(value)} (${sign} ${ratio.bounds[net]} ${isMet(ratio, net, value) ? 'met' : 'missed'})`
}
