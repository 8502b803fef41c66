import type { Value } from '../ir/graph.ts'
import { binaryOps, unaryOps } from '../kernels/list.ts'
import type { EmittedStep } from './assembly.ts'
import { isRef, type Step, type StepArg } from './lowering.ts'

/** Columns of a product from which on it is worth looking for zeros: a look takes as long as the products of some 10 columns. */
const MIN_COLUMNS = 64
/** Channels that the kernel looks at together. */
const CHANNELS_AT_ONCE = 8

/**
 * Tells the steps whose input is 0 in many places, for them to leave out products: what a relu lets through, or its gate. Of a trained
 * net that is often more than half.
 */
export function withoutZeros(
  steps: readonly EmittedStep[],
  resolve: (value: Value) => Value,
): readonly EmittedStep[] {
  const sparse = new Set<Value>()
  const isSparse = (x: StepArg): boolean => isRef(x) && sparse.has(resolve(x.value))
  return steps.map((emitted) => {
    const { step } = emitted
    const { out } = step.args
    const isKept = (step.kernel === 'pool' || step.kernel === 'copy') && isSparse(step.args.x)
    if (isRef(out) && (isKept || makesZeros(step))) sparse.add(resolve(out.value))
    if (step.kernel !== 'conv' || !isSparse(step.args.x) || !isWorthLooking(step)) return emitted
    return { ...emitted, step: { ...step, args: { ...step.args, sparse: 1 } } }
  })
}

const CLIP = unaryOps.indexOf('clip')
const GATE = binaryOps.indexOf('gate')

/** Whether a step is a relu, or the gate of one, or ends in either. */
function makesZeros({ kernel, args }: Step): boolean {
  switch (kernel) {
    case 'narrow':
      return args.clampMin === 0 || isRef(args.gate)
    case 'conv':
    case 'depthwise':
    case 'winograd':
      return args.clampMin === 0 || isRef(args.gate) || isRef(args.gateBits)
    case 'unary':
      return args.op === CLIP && args.p === 0
    case 'binary':
      return args.op === GATE
    default:
      return false
  }
}

const isWorthLooking = ({ args }: Extract<Step, { kernel: 'conv' }>): boolean =>
  args.groups === 1 &&
  Number(args.outPerGroup) >= MIN_COLUMNS &&
  Number(args.inPerGroup) % CHANNELS_AT_ONCE === 0
