import type { Arithmetic } from './arithmetic.ts'
import { allRows, type Band, type Extent, type Rows, rowsWithin } from './band.ts'
import { elementwise } from './elementwise.ts'
import type { Combine } from './kind.ts'
import { plusIdentity } from './matrix.ts'
import { displayRange, type IntegerClass } from './number-class.ts'
import { extentAfter, type Stage } from './stage.ts'
import { correlate } from './stages/correlate.ts'
import { type Setting, windowOf } from './window.ts'

/** One filter of a pipeline, and how its result meets its input. */
export interface Step {
  readonly stages: readonly Stage[]
  readonly combine: Combine
  /** of the filtered picture, when it is added or subtracted */
  readonly amount: number
}

/** Filters one after the other. */
export interface Pipeline extends Setting {
  readonly steps: readonly Step[]
  /** the class that values are cast to between steps; `float` leaves them as they are */
  readonly intermediate: 'float' | IntegerClass
  /** the class that the last step's result is cast to */
  readonly result: 'float' | IntegerClass
}

/** What a step makes of a picture's sides. */
export const extentAfterStep = (step: Step, extent: Extent, setting: Setting): Extent =>
  step.stages.reduce((sides, stage) => extentAfter(stage, sides, setting), extent)

/** What a whole pipeline makes of a picture's sides. */
export const extentAfterAll = (pipeline: Pipeline, source: Extent): Extent =>
  pipeline.steps.reduce((sides, step) => extentAfterStep(step, sides, pipeline), { ...source })

/** Where the picture's first place lies in the result: rows and columns that a larger result has before it. */
export function shiftOf(pipeline: Pipeline): { readonly top: number; readonly left: number } {
  const { size } = pipeline
  if (size === 'same') return { top: 0, left: 0 }
  const reaches = pipeline.steps.flatMap(({ stages }) => stages.map(({ reach }) => reach))
  return reaches.reduce(
    (shift, reach) => {
      if (reach === 'whole') return shift
      const { rows, columns, top, left } = windowOf(reach, { ...pipeline, size: 'same' })
      // a full result begins where the window's last row is the picture's first, a valid one where its first is
      return size === 'full'
        ? { top: shift.top + rows - 1 - top, left: shift.left + columns - 1 - left }
        : { top: shift.top - top, left: shift.left - left }
    },
    { top: 0, left: 0 },
  )
}

/** Steps that say the same in less: a linear filter that is added to its input is one kernel, unless it is cast between. */
export const simplified = ({ steps, ...rest }: Pipeline): Pipeline => ({
  ...rest,
  steps: rest.intermediate === 'float' && rest.size === 'same' ? steps.map(asOneKernel) : steps,
})

/** Weights of a kernel that is added to its input as one kernel, at most. */
const MOST_FOLDED_TAPS = 25

function asOneKernel(step: Step): Step {
  const [only, ...others] = step.stages
  if (step.combine === 'replace' || !only?.kernel || others.length > 0) return step
  // larger ones are faster in two passes
  if (only.kernel.data.length > MOST_FOLDED_TAPS) return step
  // convolution rotates an even kernel about another centre than its identity
  if (only.kernel.rows % 2 === 0 || only.kernel.columns % 2 === 0) return step
  const kernel = plusIdentity(only.kernel, step.combine === 'add' ? step.amount : -step.amount, 1)
  return { stages: [correlate(kernel)], combine: 'replace', amount: 1 }
}

/** Rows of a pipeline's source that some rows of its result depend on. */
export const rowsNeeded = (pipeline: Pipeline, extent: Extent, want: Rows): Rows =>
  wantedOfSteps(pipeline, extent, want)[0] ?? want

/** Rows of a picture that is there while a pipeline runs. */
export interface RowsInWork {
  readonly extent: Extent
  readonly count: number
}

/** What is there for some rows of the result: rows of the source, and of what every stage makes of them. */
export function rowsInWork(pipeline: Pipeline, source: Extent, want: Rows): readonly RowsInWork[] {
  const wanted = wantedOfSteps(pipeline, source, want)
  const inWork: RowsInWork[] = [{ extent: source, count: wanted[0]?.count ?? 0 }]
  let extent = source
  for (const [i, { stages }] of pipeline.steps.entries()) {
    const ofStages = wantedOfStages(stages, extent, wanted[i + 1] ?? want, pipeline)
    for (const [j, stage] of stages.entries()) {
      extent = extentAfter(stage, extent, pipeline)
      inWork.push({ extent, count: (stage.bands ?? 1) * (ofStages[j + 1]?.count ?? 0) })
    }
  }
  return inWork
}

/** The wanted rows of the pipeline's result, from a band that holds the rows that they need. */
export function runPipeline(pipeline: Pipeline, x: Band, want: Rows, arithmetic: Arithmetic): Band {
  const wanted = wantedOfSteps(pipeline, x, want)
  const last = pipeline.steps.length - 1
  return pipeline.steps.reduce((band, step, i) => {
    const to = i === last && pipeline.result !== 'float' ? pipeline.result : pipeline.intermediate
    return runStep(step, band, { want: wanted[i + 1] ?? want, to, pipeline, arithmetic })
  }, x)
}

interface StepRun {
  readonly want: Rows
  readonly to: Pipeline['result']
  readonly pipeline: Pipeline
  readonly arithmetic: Arithmetic
}

/** `to`: what the step's result is cast to; with cast intermediates, so is what it combines. */
function runStep(
  { stages, combine, amount }: Step,
  x: Band,
  { want, to, pipeline, arithmetic }: StepRun,
): Band {
  const wanted = wantedOfStages(stages, x, want, pipeline)
  const range = to === 'float' ? undefined : displayRange(to)
  const castAtOnce = combine === 'replace' || pipeline.intermediate !== 'float' ? range : undefined
  const y = stages.reduce((band, stage, i) => {
    const cast = i === stages.length - 1 ? castAtOnce : undefined
    return stage.run(band, wanted[i + 1] ?? want, { arithmetic, setting: pipeline, cast })
  }, x)
  if (castAtOnce) arithmetic.saturate(y, castAtOnce)
  if (combine === 'replace') return y
  const input = rowsWithin(x, want).data
  const factor = combine === 'add' ? amount : -amount
  elementwise(y, (i) => (input[i] ?? 0) + factor * (y.data[i] ?? 0))
  return range ? arithmetic.saturate(y, range) : y
}

/** For `want` of the last step's result: the rows wanted of the source and of each step's result. */
const wantedOfSteps = (pipeline: Pipeline, source: Extent, want: Rows): Rows[] =>
  wantedOf(
    pipeline.steps,
    source,
    want,
    (step, extent) => extentAfterStep(step, extent, pipeline),
    (step, extent, rows) => {
      const filtered = wantedOfStages(step.stages, extent, rows, pipeline)[0] ?? rows
      return step.combine === 'replace' ? filtered : union(filtered, rows)
    },
  )

const wantedOfStages = (stages: readonly Stage[], source: Extent, want: Rows, setting: Setting): Rows[] =>
  wantedOf(
    stages,
    source,
    want,
    (stage, extent) => extentAfter(stage, extent, setting),
    (stage, extent, rows) => rowsNeededByStage(stage, extent, rows, setting),
  )

/** Walks forwards over the sides and back over the rows. */
function wantedOf<Item>(
  items: readonly Item[],
  source: Extent,
  want: Rows,
  after: (item: Item, extent: Extent) => Extent,
  needed: (item: Item, extent: Extent, rows: Rows) => Rows,
): Rows[] {
  const extents = [source]
  for (const item of items) extents.push(after(item, extents.at(-1) ?? source))
  const wanted = [want]
  for (const [i, item] of [...items.entries()].reverse())
    wanted.unshift(needed(item, extents[i] ?? source, wanted[0] ?? want))
  return wanted
}

function rowsNeededByStage({ reach }: Stage, extent: Extent, want: Rows, setting: Setting): Rows {
  if (reach === 'whole') return allRows(extent)
  const { top, rows } = windowOf(reach, setting)
  const first = want.first - top
  const end = first + want.count + rows - 1
  const overhang = Math.max(0, -first, end - extent.rows)
  if (setting.boundary === 'circular' && overhang > 0) return allRows(extent)
  // what lies beyond an edge shows rows as near to it
  const from = Math.max(0, Math.min(first, extent.rows - overhang - 1))
  const to = Math.min(extent.rows, Math.max(end, overhang + 1))
  return { first: from, count: to - from }
}

function union(a: Rows, b: Rows): Rows {
  const first = Math.min(a.first, b.first)
  return { first, count: Math.max(a.first + a.count, b.first + b.count) - first }
}
