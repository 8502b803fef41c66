import type { DataSet } from './data.ts'
import { formatInterval, type Interval, LINE, nearestIn } from './interval.ts'
import { layerKinds } from './layers/index.ts'
import type { Loss } from './loss.ts'
import type { Network } from './network.ts'
import type { LayerSpec } from './spec.ts'

/** Whether outputs can come to their targets, before anything is trained. */
export interface RangeCheck {
  /** where all outputs lie, whatever the weights are */
  readonly range: Interval
  /** no training brings the loss below it */
  readonly floor: number
  /** what keeps outputs from their targets, and what to do; undefined when nothing does */
  readonly problem: string | undefined
}

/** The loss may lie so much above what free outputs would bring, which is rounding. */
const ROUNDING = 1e-12

/** Follows intervals through the layers: inputs and weights may be any numbers. */
export function checkRange(
  network: Network,
  loss: Loss,
  { targets, targetShape }: Pick<DataSet, 'targets' | 'targetShape'>,
): RangeCheck {
  const known = new Map<string, number>()
  // many layers leave the same interval: targets, of which there can be millions, are looked at once for each
  const least = (range: Interval): number => {
    const key = `${range.low.value} ${range.high.value}`
    const value = known.get(key) ?? loss.least(targets, targetShape, range)
    known.set(key, value)
    return value
  }
  const range = outputRange(network)
  const floor = least(range)
  const free = least(LINE)
  if (floor - free <= ROUNDING) return { range, floor, problem: undefined }
  const { layers } = network.spec
  const last = layers.at(-1)
  const culprits = layers.filter(
    (layer) => narrows(layer) && least(outputRange(network, layer.name)) - free <= ROUNDING,
  )
  const culprit = culprits.findLast((layer) => layer !== last) ?? culprits.at(-1)
  const where =
    culprit && culprit !== last ? `${culprit.name} before ${last?.name}` : (last?.name ?? 'the network')
  const remedy = culprit ? `leave out ${culprit.name}` : 'take another last layer, or scale the targets'
  return {
    range,
    floor,
    problem: `${where} gives outputs in ${formatInterval(range)}, ${missed(targets, range, loss)}: the ${loss.id} cannot go below ${rounded(floor)}${free > ROUNDING ? ` (${rounded(free)} without that limit)` : ''}; ${remedy}`,
  }
}

/** Where outputs lie; as if `without` could give any number. */
export function outputRange({ spec }: Network, without?: string): Interval {
  const ranges = new Map<string, Interval>()
  const rangeOf = (name: string): Interval => ranges.get(name) ?? LINE
  let range = LINE
  for (const { name, type, params } of spec.layers) {
    const kind = layerKinds.get(type)
    range = name === without || !kind ? LINE : kind.range(range, params, rangeOf)
    ranges.set(name, range)
  }
  return range
}

/** Whether a layer gives not every number. */
function narrows({ type, params }: LayerSpec): boolean {
  const range = layerKinds.get(type)?.range(LINE, params, () => LINE) ?? LINE
  return Number.isFinite(range.low.value) || Number.isFinite(range.high.value)
}

/** Which targets are out of reach: for losses on logits none lies there itself. */
function missed(targets: ArrayLike<number>, range: Interval, { id }: Loss): string {
  if (id === 'binary-cross-entropy' || id === 'cross-entropy')
    return `but ${id} wants logits, which have no limits`
  let [count, low, high] = [0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (let i = 0; i < targets.length; i++) {
    const t = targets[i] ?? 0
    if (nearestIn(range, t) === t) continue
    count++
    low = Math.min(low, t)
    high = Math.max(high, t)
  }
  const share = rounded((100 * count) / targets.length)
  const which = low === high ? `are ${rounded(low)}` : `lie from ${rounded(low)} to ${rounded(high)}`
  return `but ${share} % of the targets ${which}`
}

const rounded = (value: number): number => Number(value.toPrecision(4))
