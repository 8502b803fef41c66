import type { Value } from '../ir/graph.ts'
import { sizeOf } from '../ir/shape.ts'
import type { EmittedStep } from './assembly.ts'
import { isRef, type Ref, type Step, type StepArg } from './lowering.ts'

/** A step over a batch of pictures, to as many pictures. */
type BatchStep = Extract<Step, { kernel: 'conv' | 'narrow' | 'winograd' | 'depthwise' | 'pool' | 'poolGrad' }>
/** … or to their sum. */
type SumStep = Extract<Step, { kernel: 'accumulate' }>
/** A step and how many samples it is better taken apart into: 1 where it is not. */
interface Divided extends EmittedStep {
  readonly samples: number
}
/** Operands of which each sample has its own part: numbers, and bits of numbers. */
const NUMBERS = ['x', 'ct', 'out', 'addend', 'gate'] as const
const BITS = ['gateBits', 'maskBits'] as const
type Operands = Partial<Record<(typeof NUMBERS | typeof BITS)[number], Ref>>

/** Pixels of a picture that weights are worth reading for it alone. */
const MANY_PIXELS = 784
/** Numbers of one sample in a step: several times as many leave the cache, and to begin a step for them is nothing. */
const MANY_NUMBERS = 100_000

/**
 * Steps over a batch of large pictures as steps over single ones, a sample through as many of them as follow each other, then the
 * next: what a step writes is in the cache when the next one reads it, and takes the room of one sample. Steps over small pictures
 * stay as they are, and read their weights once. `resolve` finds the value whose bytes one is; `kept` are given or answered. No number
 * changes.
 */
export function oneByOne(
  steps: readonly EmittedStep[],
  resolve: (value: Value) => Value,
  kept: ReadonlySet<Value>,
): readonly EmittedStep[] {
  const uses = usesOf(steps, resolve)
  const divided = steps.map((emitted) => ({ ...emitted, samples: samplesOf(emitted.step) }))
  return runsOf(divided).flatMap((run): readonly EmittedStep[] => {
    const samples = run[0]?.samples ?? 1
    if (samples === 1) return run
    const usesHere = usesOf(run, resolve)
    const written = new Set(
      run.flatMap(({ step: { args } }) => (isRef(args.out) ? [resolve(args.out.value)] : [])),
    )
    const isOwn = (value: Value) =>
      written.has(value) && !kept.has(value) && uses.get(value) === usesHere.get(value)
    const partsOf = (sample: number) => {
      const buffers = new Map<Value, Value>()
      return ({ value }: Ref): Ref => {
        const origin = resolve(value)
        const size = sizeOf(origin.shape) / samples
        if (!isOwn(origin)) return { value: origin, offset: sample * size }
        const buffer = buffers.get(origin) ?? { ...origin, shape: [size] }
        buffers.set(origin, buffer)
        return { value: buffer, offset: 0 }
      }
    }
    const totals = new Map<SumStep, Ref>()
    return Array.from({ length: samples }, (_, sample) => {
      const partOf = partsOf(sample)
      const isLast = sample === samples - 1
      return run.map(({ step, label }) => ({
        step: isSum(step)
          ? ofTerm(step, partOf, totals, isLast)
          : isBatch(step)
            ? ofSample(step, partOf)
            : step,
        label,
      }))
    }).flat()
  })
}

/** Steps that follow each other and are taken apart into the same number of samples. */
function runsOf(steps: readonly Divided[]): readonly (readonly Divided[])[] {
  const runs: Divided[][] = []
  for (const step of steps) {
    const run = runs.at(-1)
    if (run?.[0]?.samples === step.samples) run.push(step)
    else runs.push([step])
  }
  return runs
}

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
  const count = numbers.reduce((sum, { value }) => sum + sizeOf(value.shape), 0)
  const isLarge = Math.max(area(inH, inW), area(outH, outW)) >= MANY_PIXELS && count >= batch * MANY_NUMBERS
  return areWhole && areParts && isLarge ? batch : 1
}

const area = (height: StepArg, width: StepArg): number => Number(height) * Number(width)

/** What is added up is added where it was made. */
function samplesOfSum({ args: { batch, length } }: SumStep): number {
  return typeof batch === 'number' && typeof length === 'number' && length >= MANY_NUMBERS ? batch : 1
}

const isSum = (step: Step): step is SumStep => step.kernel === 'accumulate'

const isBatch = (step: Step): step is BatchStep =>
  step.kernel === 'conv' ||
  step.kernel === 'narrow' ||
  step.kernel === 'winograd' ||
  step.kernel === 'depthwise' ||
  step.kernel === 'pool' ||
  step.kernel === 'poolGrad'

function operandsOf(step: BatchStep, names: readonly string[]): readonly Ref[] {
  const args: Readonly<Record<string, StepArg>> = step.args
  return names.map((name) => args[name]).filter(isRef)
}

/** The step over one sample, of whose operands `partOf` finds the parts. */
function ofSample(step: BatchStep, partOf: (operand: Ref) => Ref): Step {
  const args: Readonly<Record<string, StepArg>> = step.args
  const parts: Operands = Object.fromEntries(
    [...NUMBERS, ...BITS].flatMap((name) => {
      const operand = args[name]
      return isRef(operand) ? [[name, partOf(operand)]] : []
    }),
  )
  switch (step.kernel) {
    case 'conv':
      return { ...step, args: { ...step.args, ...parts, batch: 1 } }
    case 'narrow':
      return { ...step, args: { ...step.args, ...parts, batch: 1 } }
    case 'winograd':
      return { ...step, args: { ...step.args, ...parts, batch: 1 } }
    case 'depthwise':
      return { ...step, args: { ...step.args, ...parts, batch: 1 } }
    case 'pool':
      return { ...step, args: { ...step.args, ...parts, batch: 1 } }
    case 'poolGrad':
      return { ...step, args: { ...step.args, ...parts, batch: 1 } }
  }
}

/** The step over one term of the sum: it adds it to the total of those before, in `totals`. */
function ofTerm(
  step: SumStep,
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
    batch: 1,
  }
  if (isRef(next)) totals.set(step, next)
  return { ...step, args }
}
