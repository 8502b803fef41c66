import type { Value } from '../ir/graph.ts'
import { sizeOf } from '../ir/shape.ts'
import type { EmittedStep } from './assembly.ts'
import { isRef, type Ref, type Step, type StepArg } from './lowering.ts'
import { SAMPLE_AFTER_SAMPLE } from './sparse.ts'

/** A step over a batch of pictures, to as many pictures. */
type BatchStep = Extract<Step, { kernel: 'conv' | 'narrow' | 'winograd' | 'depthwise' | 'pool' | 'poolGrad' }>
/** … or to their sum. */
type SumStep = Extract<Step, { kernel: 'accumulate' }>
/** Steps that follow each other and are taken apart into so many samples, or stay as they are: 1. */
interface Run {
  readonly samples: number
  readonly steps: EmittedStep[]
  /** what they write */
  readonly written: Set<Value>
}
/** Samples that follow each other. */
interface Group {
  readonly first: number
  readonly count: number
}
/** Operands of which each sample has its own part: numbers, and bits of numbers. */
const NUMBERS = ['x', 'ct', 'out', 'addend', 'gate'] as const
const BITS = ['gateBits', 'maskBits'] as const
type Operands = Partial<Record<(typeof NUMBERS | typeof BITS)[number], Ref>>

/** Pixels of a picture that weights are worth reading for it alone. */
const MANY_PIXELS = 784
/** Numbers of one sample in a step: several times as many leave the cache, and to begin a step for them is nothing. */
const MANY_NUMBERS = 100_000
/** … and so many that those of a second one would leave it. */
const MOST_NUMBERS = 1_200_000
/** … that it costs more than to transform Winograd's weights for each sample. */
const MOST_TRANSFORMED = 3_000_000

/**
 * Steps over a batch of large pictures as steps over two of them, which go through as many steps as follow each other, then the next
 * two: what a step writes is in the cache when the next one reads it, and takes the room of two samples. Of two ranks each mostly has a
 * sample for itself. Where one of these steps is large, samples go through all of them one by one. Steps over small pictures stay as
 * they are, and read their weights once. `resolve` finds the value whose bytes one is; `kept` are given or answered. No number changes.
 */
export function twoByTwo(
  steps: readonly EmittedStep[],
  resolve: (value: Value) => Value,
  kept: ReadonlySet<Value>,
): readonly EmittedStep[] {
  const uses = usesOf(steps, resolve)
  return runsOf(steps, resolve).flatMap(({ samples, steps: run, written }): readonly EmittedStep[] => {
    if (samples === 1) return run
    const usesHere = usesOf(run, resolve)
    const isOwn = (value: Value) =>
      written.has(value) && !kept.has(value) && uses.get(value) === usesHere.get(value)
    const partsOf = ({ first, count }: Group) => {
      const buffers = new Map<Value, Value>()
      return ({ value }: Ref): Ref => {
        const origin = resolve(value)
        const size = sizeOf(origin.shape) / samples
        if (!isOwn(origin)) return { value: origin, offset: first * size }
        const buffer = buffers.get(origin) ?? { ...origin, shape: [count * size] }
        buffers.set(origin, buffer)
        return { value: buffer, offset: 0 }
      }
    }
    const totals = new Map<SumStep, Ref>()
    return groupsOf(samples, run).flatMap((group) => {
      const partOf = partsOf(group)
      const isLast = group.first + group.count === samples
      return run.map(({ step, label }) => ({
        step: isSum(step)
          ? ofTerms(step, group, partOf, totals, isLast)
          : isBatch(step)
            ? ofSamples(step, group, partOf)
            : step,
        label,
      }))
    })
  })
}

/** The samples in twos, as far as they go, or one by one. */
function groupsOf(samples: number, run: readonly EmittedStep[]): readonly Group[] {
  const largest = Math.max(...run.map(({ step }) => numbersOf(step) / samples))
  const isTransformed = run.some(({ step }) => step.kernel === 'winograd')
  const atOnce = largest > (isTransformed ? MOST_TRANSFORMED : MOST_NUMBERS) ? 1 : 2
  return Array.from({ length: Math.ceil(samples / atOnce) }, (_, i) => ({
    first: i * atOnce,
    count: Math.min(atOnce, samples - i * atOnce),
  }))
}

/**
 * A step joins the one before where it is taken apart into as many samples, unless it reads something for all samples that the run
 * writes: a total, or a bias that is computed. What is added up is so where it was made.
 */
function runsOf(steps: readonly EmittedStep[], resolve: (value: Value) => Value): readonly Run[] {
  const runs: Run[] = []
  for (const emitted of steps) {
    const { step } = emitted
    const samples = samplesOf(step)
    const last = runs.at(-1)
    const isWritten = ({ value }: Ref) => last?.written.has(resolve(value)) ?? false
    const isJoined = last?.samples === samples && !sharedOperands(step).some(isWritten)
    const isMadeHere = !isSum(step) || operandsOf(step, ['x']).some(isWritten)
    const run =
      last && isJoined && isMadeHere
        ? last
        : { samples: isSum(step) ? 1 : samples, steps: [], written: new Set<Value>() }
    if (run !== last) runs.push(run)
    run.steps.push(emitted)
    for (const { value } of operandsOf(step, ['out', 'maskBits'])) run.written.add(resolve(value))
  }
  return runs
}

/** What is read as it is for each of the samples. */
const sharedOperands = (step: Step): readonly Ref[] =>
  operandsOf(
    step,
    Object.keys(step.args).filter((name) => ![...NUMBERS, ...BITS].some((own) => own === name)),
  )

function usesOf(steps: readonly EmittedStep[], resolve: (value: Value) => Value): ReadonlyMap<Value, number> {
  const uses = new Map<Value, number>()
  for (const { step } of steps)
    for (const arg of Object.values(step.args))
      if (isRef(arg)) uses.set(resolve(arg.value), (uses.get(resolve(arg.value)) ?? 0) + 1)
  return uses
}

function samplesOf(step: Step): number {
  if (isSum(step)) return samplesOfSum(step)
  if (!isBatch(step)) return 1
  const { batch, inH, inW, outH, outW, out } = step.args
  if (typeof batch !== 'number' || !isRef(out)) return 1
  const numbers = operandsOf(step, NUMBERS)
  // the bits of a sample are whole words
  const areWhole = operandsOf(step, BITS).length === 0 || sizeOf(out.value.shape) % (32 * batch) === 0
  const areParts = numbers.every(({ value, offset }) => offset === 0 && sizeOf(value.shape) % batch === 0)
  const isLarge =
    Math.max(area(inH, inW), area(outH, outW)) >= MANY_PIXELS && numbersOf(step) >= batch * MANY_NUMBERS
  return areWhole && areParts && isLarge ? batch : 1
}

const numbersOf = (step: Step): number =>
  operandsOf(step, NUMBERS).reduce((sum, { value }) => sum + sizeOf(value.shape), 0)

const area = (height: StepArg, width: StepArg): number => Number(height) * Number(width)

function samplesOfSum(step: SumStep): number {
  const { batch, length } = step.args
  if (typeof batch !== 'number' || typeof length !== 'number') return 1
  const areParts = operandsOf(step, ['x', 'total', 'out']).every(({ offset }) => offset === 0)
  return areParts && length >= MANY_NUMBERS ? batch : 1
}

const isSum = (step: Step): step is SumStep => step.kernel === 'accumulate'

const isBatch = (step: Step): step is BatchStep =>
  step.kernel === 'conv' ||
  step.kernel === 'narrow' ||
  step.kernel === 'winograd' ||
  step.kernel === 'depthwise' ||
  step.kernel === 'pool' ||
  step.kernel === 'poolGrad'

function operandsOf(step: Step, names: readonly string[]): readonly Ref[] {
  const args: Readonly<Record<string, StepArg | readonly number[]>> = step.args
  return names.map((name) => args[name]).filter((arg) => isRef(arg))
}

/**
 * The step over some samples, of whose operands `partOf` finds the parts. One sample after the other, also where it looks for zeros: side by
 * side, each of two ranks would read and write halves of both.
 */
function ofSamples(step: BatchStep, { count: batch }: Group, partOf: (operand: Ref) => Ref): Step {
  const args: Readonly<Record<string, StepArg>> = step.args
  const parts: Operands = Object.fromEntries(
    [...NUMBERS, ...BITS].flatMap((name) => {
      const operand = args[name]
      return isRef(operand) ? [[name, partOf(operand)]] : []
    }),
  )
  switch (step.kernel) {
    case 'conv':
      return {
        ...step,
        args: { ...step.args, ...parts, batch, sparse: step.args.sparse && SAMPLE_AFTER_SAMPLE },
      }
    case 'narrow':
      return { ...step, args: { ...step.args, ...parts, batch } }
    case 'winograd':
      return {
        ...step,
        args: { ...step.args, ...parts, batch, sparse: step.args.sparse && SAMPLE_AFTER_SAMPLE },
      }
    case 'depthwise':
      return { ...step, args: { ...step.args, ...parts, batch } }
    case 'pool':
      return { ...step, args: { ...step.args, ...parts, batch } }
    case 'poolGrad':
      return { ...step, args: { ...step.args, ...parts, batch } }
  }
}

/** The step over some terms of the sum: it adds them to the total of those before, in `totals`. */
function ofTerms(
  step: SumStep,
  { count: batch }: Group,
  partOf: (operand: Ref) => Ref,
  totals: Map<SumStep, Ref>,
  isLast: boolean,
): Step {
  const { total, x, out } = step.args
  const next = isRef(out) && !isLast ? { value: { ...out.value }, offset: 0 } : out
  const args = {
    ...step.args,
    total: totals.get(step) ?? total,
    x: isRef(x) ? partOf(x) : x,
    out: next,
    batch,
  }
  if (isRef(next)) totals.set(step, next)
  return { ...step, args }
}
