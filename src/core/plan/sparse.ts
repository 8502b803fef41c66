import type { Value } from '../ir/graph.ts'
import { binaryOps, unaryOps } from '../kernels/list.ts'
import type { EmittedStep } from './assembly.ts'
import { isRef, type Step, type StepArg } from './lowering.ts'

/** Columns of a product from which on it is worth looking for zeros: a look takes as long as the products of some 10 columns. */
const MIN_COLUMNS = 64
/** … together */
const CHANNELS_LOOKED_AT = 8

/*
 * How a step that looks for zeros goes through a batch. Samples that are alike have much the same zeros in a pixel: side by side, more
 * products are left out for all rows of a register tile. Depthwise steps go sample after sample: half of what a rank reads of these would be
 * the other one's.
 */
export const SAMPLE_AFTER_SAMPLE = 1
const SIDE_BY_SIDE = 2

/**
 * Tells the steps whose input is 0 in many places, for them to leave out products: what a relu lets through, or its gate, maxima of that,
 * copies, values of which a part is so, and the gradient of maxima. Of a trained net that is often more than half. Not where weights are not
 * finite: what they make of a zero is to be seen.
 */
export function withoutZeros(
  steps: readonly EmittedStep[],
  resolve: (value: Value) => Value,
  areFinite: (weights: StepArg) => boolean,
): readonly EmittedStep[] {
  const sparse = new Set<Value>()
  const order = steps.some(({ step }) => step.kernel === 'depthwise') ? SAMPLE_AFTER_SAMPLE : SIDE_BY_SIDE
  const isSparse = (x: StepArg): boolean => isRef(x) && sparse.has(resolve(x.value))
  return steps.map((emitted) => {
    const { step } = emitted
    const { out } = step.args
    const isKept = (step.kernel === 'copy' || isMaxPool(step)) && isSparse(step.args.x)
    if (isRef(out) && (isKept || makesZeros(step))) sparse.add(resolve(out.value))
    if (step.kernel !== 'conv' && step.kernel !== 'winograd') return emitted
    const { x, w } = step.args
    return isSparse(x) && isWorthLooking(step) && areFinite(w)
      ? { ...emitted, step: leavingOutZeros(step, order) }
      : emitted
  })
}

const CLIP = unaryOps.indexOf('clip')
const GATE = binaryOps.indexOf('gate')
/** The pools' mode. */
const MAX = 0

const isMaxPool = (step: Step): step is Extract<Step, { kernel: 'pool' }> =>
  step.kernel === 'pool' && step.args.mode === MAX

/** Whether a step is a relu, or the gate of one, or ends in either, or gives all to a maximum. */
function makesZeros({ kernel, args }: Step): boolean {
  switch (kernel) {
    case 'narrow':
      return args.clampMin === 0 || isRef(args.gate)
    case 'conv':
    case 'depthwise':
    case 'winograd':
      return args.clampMin === 0 || isRef(args.gate) || isRef(args.gateBits)
    case 'poolGrad':
      return args.mode === MAX
    case 'unary':
      return args.op === CLIP && args.p === 0
    case 'binary':
      return args.op === GATE
    default:
      return false
  }
}

type LookingStep = Extract<Step, { kernel: 'conv' | 'winograd' }>

const isWorthLooking = ({ kernel, args }: LookingStep): boolean =>
  kernel === 'winograd' ||
  (args.groups === 1 &&
    Number(args.outPerGroup) >= MIN_COLUMNS &&
    Number(args.inPerGroup) % CHANNELS_LOOKED_AT === 0)

const leavingOutZeros = (step: LookingStep, sparse: number): Step =>
  step.kernel === 'conv'
    ? { ...step, args: { ...step.args, sparse } }
    : { ...step, args: { ...step.args, sparse } }
