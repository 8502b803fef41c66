import { turnsOf } from '../core/ir/rotation.ts'
import { AugmentError } from './errors.ts'
import { type Group, isPlanar, orientationsOf, type Pair } from './groups.ts'
import { type Layout, spaceOf } from './layout.ts'
import { type Draw, keepsShape, type Orientation } from './orientation.ts'
import { type Choices, seededChoices } from './random.ts'

/** What happens where a turn would exchange axes of unequal length. */
export const NON_CUBIC = ['error', 'half-turns', 'ragged'] as const
/** See `NON_CUBIC`. */
export type NonCubic = (typeof NON_CUBIC)[number]

/** A sample as far as drawing cares. */
export interface Sample {
  /** of the array that it is in, the batch axis included */
  readonly shape: readonly number[]
  readonly layout: Layout
}

/** Where the draws come from. `k` and `axes`: one for all samples, or one for each; axes of all kinds count from either end. */
export type DrawSource =
  | { readonly kind: 'group'; readonly group: Group; readonly axes: readonly Pair[] | undefined }
  | { readonly kind: 'k'; readonly k: readonly number[]; readonly axes: readonly Pair[] | undefined }
  | { readonly kind: 'draws'; readonly draws: readonly Draw[] }

/** How to draw. */
export interface DrawOptions {
  readonly source: DrawSource
  /** the chance that a sample is touched at all */
  readonly p: number
  /** one draw for all samples */
  readonly sameOnBatch: boolean
  readonly seed: number
  readonly nonCubic: NonCubic
}

const bad = (parameter: string, message: string) => new AugmentError('bad-parameter', parameter, message)
const textOf = (shape: readonly number[]) => `(${shape.join(', ')})`

/** One draw for each sample, in order. Throws AugmentError naming the parameter that does not fit. */
export function drawAll(samples: readonly Sample[], options: DrawOptions): readonly Draw[] {
  const { source, nonCubic } = options
  switch (source.kind) {
    case 'draws':
      return replay(samples, source.draws, nonCubic)
    case 'k':
      return given(samples, source, options)
    case 'group':
      return chosen(samples, source, options)
  }
}

function replay(samples: readonly Sample[], draws: readonly Draw[], nonCubic: NonCubic): readonly Draw[] {
  checkCount('draws', 'draw', draws, samples, [samples.length])
  return samples.map((sample, i) => {
    const draw = at(draws, i)
    const { next, flip } = draw
    const checked: Draw = {
      applied: draw.applied,
      ...turnsIn(sample, draw, 'draws'),
      ...(next && { next: turnsIn(sample, next, 'draws') }),
      ...(flip !== undefined && { flip: axisIn(sample, flip, 'draws') }),
    }
    checkTurn('draws', i, sample, checked, nonCubic)
    return checked
  })
}

const turnsIn = (sample: Sample, { k, axes }: Orientation, parameter: string) => ({
  k: turnsOf(k),
  axes: pairIn(sample, axes, parameter),
})

function given(
  samples: readonly Sample[],
  { k, axes }: Extract<DrawSource, { kind: 'k' }>,
  { p, sameOnBatch, seed, nonCubic }: DrawOptions,
): readonly Draw[] {
  checkCount('k', 'k', k, samples, [1, samples.length])
  checkCount('axes', 'pair of axes', axes ?? [], samples, [0, 1, samples.length])
  const applied = coins(seededChoices(seed), samples, p, sameOnBatch)
  return samples.map((sample, i) => {
    const draw: Draw = { applied: at(applied, i), k: turnsOf(at(k, i)), axes: planeOf(sample, axes, i) }
    checkTurn('k', i, sample, draw, nonCubic)
    return draw
  })
}

function chosen(
  samples: readonly Sample[],
  { group, axes }: Extract<DrawSource, { kind: 'group' }>,
  { p, sameOnBatch, seed, nonCubic }: DrawOptions,
): readonly Draw[] {
  if (axes && !isPlanar(group))
    throw bad('axes', `the group ${group} chooses the axes itself: leave them out, or take group=plane`)
  checkCount('axes', 'pair of axes', axes ?? [], samples, [0, 1, samples.length])
  const outlooks = outlooksOf(samples, group, axes, nonCubic)

  const choices = seededChoices(seed)
  const applied = coins(choices, samples, p, sameOnBatch)
  const pick = (open: readonly number[]): number => at(open, choices.below(open.length))
  const [first, ...others] = new Set(outlooks)
  const openToAll = first?.open.filter((place) => others.every(({ open }) => open.includes(place))) ?? []
  const shared = sameOnBatch && first ? pick(openToAll) : undefined
  return outlooks.map(({ all, open }, i) => ({ applied: at(applied, i), ...at(all, shared ?? pick(open)) }))
}

/** What a sample may become: all orientations of its group, and the places of those that are open to it. */
interface Outlook {
  readonly all: readonly Orientation[]
  readonly open: readonly number[]
}

/** Samples that are alike share one: there are up to a thousand, and dozens of orientations. */
function outlooksOf(
  samples: readonly Sample[],
  group: Group,
  axes: readonly Pair[] | undefined,
  nonCubic: NonCubic,
): readonly Outlook[] {
  const known = new Map<string, Outlook>()
  return samples.map((sample, i) => {
    const plane = planeOf(sample, axes, i)
    const key = `${sample.layout} ${sample.shape} ${plane}`
    const outlook =
      known.get(key) ?? outlookOf(sample, orientationsOf(group, spaceOf(sample.layout), plane), nonCubic)
    known.set(key, outlook)
    return outlook
  })
}

function outlookOf(sample: Sample, all: readonly Orientation[], nonCubic: NonCubic): Outlook {
  const keeps = all.map((orientation) => keepsShape(sample.shape, orientation))
  if (nonCubic === 'error') checkCubic(sample, keeps)
  return { all, open: [...all.keys()].filter((place) => nonCubic !== 'half-turns' || keeps[place]) }
}

/** Fine enough for every probability of up to nine digits. */
const COIN = 1_000_000_000

/** Tossed before anything else is drawn, and whatever p is: the orientations of a seed do not depend on p. */
function coins(
  choices: Choices,
  samples: readonly Sample[],
  p: number,
  sameOnBatch: boolean,
): readonly boolean[] {
  const toss = () => choices.below(COIN) < p * COIN
  if (!sameOnBatch) return samples.map(toss)
  const one = toss()
  return samples.map(() => one)
}

/** The plane that a sample turns in: as given, or its last two axes of space. */
function planeOf(sample: Sample, axes: readonly Pair[] | undefined, i: number): Pair {
  if (axes) return pairIn(sample, at(axes, i), 'axes')
  const [a = 0, b = 1] = spaceOf(sample.layout).slice(-2)
  return [a, b]
}

function pairIn(sample: Sample, [a, b]: Pair, parameter: string): Pair {
  const pair: Pair = [axisIn(sample, a, parameter), axisIn(sample, b, parameter)]
  if (pair[0] === pair[1]) throw bad(parameter, `expected two different axes, got ${a} and ${b}`)
  return pair
}

/** An axis of space, counted from the front. */
function axisIn({ layout, shape }: Sample, axis: number, parameter: string): number {
  const place = axis < 0 ? axis + layout.length : axis
  if (spaceOf(layout).includes(place)) return place
  const names = spaceOf(layout).map((axis) => `${axis} (${layout[axis]})`)
  const kinds = new Map([
    ['N', 'the batch'],
    ['C', 'the channels'],
  ])
  const what = kinds.get(layout[place] ?? '')
  const got = what === undefined ? `${axis}` : `${axis}, ${what}`
  throw bad(
    parameter,
    `expected axes among ${names.join(', ')} of shape ${textOf(shape)} read as ${layout}, got ${got}`,
  )
}

/** With nonCubic=error nothing that a group might draw may change the shape: a request does not fail by its seed. */
function checkCubic({ shape, layout }: Sample, keeps: readonly boolean[]): void {
  if (!keeps.includes(false)) return
  const lengths = [...layout].flatMap((letter, axis) =>
    'DHW'.includes(letter) ? [`${letter} = ${shape[axis]}`] : [],
  )
  throw bad(
    'nonCubic',
    `a quarter turn of shape ${textOf(shape)} exchanges axes of unequal length (${lengths.join(', ')}): take nonCubic=half-turns, which draws only what keeps the shape, or nonCubic=ragged, which lets it change`,
  )
}

function checkTurn(parameter: string, i: number, { shape }: Sample, draw: Draw, nonCubic: NonCubic): void {
  if (nonCubic === 'ragged' || !draw.applied || keepsShape(shape, draw)) return
  if (nonCubic === 'half-turns')
    throw bad(
      parameter,
      `sample ${i} of shape ${textOf(shape)} would change its shape, which nonCubic=half-turns does not allow`,
    )
  throw bad(
    'nonCubic',
    `sample ${i} of shape ${textOf(shape)} is turned by ${draw.k} quarters in axes ${draw.axes.join(', ')}, which exchanges unequal lengths: take nonCubic=half-turns with half turns only, or nonCubic=ragged, which lets the shape change`,
  )
}

function checkCount(
  parameter: string,
  what: string,
  list: readonly unknown[],
  samples: readonly Sample[],
  counts: readonly number[],
): void {
  if (counts.includes(list.length)) return
  const one = counts.includes(1) ? `one ${what}, or ` : ''
  throw bad(parameter, `expected ${one}one for each of ${samples.length} samples, got ${list.length}`)
}

/** The i-th of a list, or the one that stands for all. */
function at<T>(list: readonly T[], i: number): T {
  const item = list[list.length === 1 ? 0 : i]
  if (item === undefined) throw new RangeError(`nothing at ${i} of ${list.length}`)
  return item
}
