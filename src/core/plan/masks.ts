import type { AnyNode, Value } from '../ir/graph.ts'
import type { Fusion } from './fuse.ts'
import type { Step } from './lowering.ts'

/** A gate's bounds: what it keeps has lo < y < hi. */
export interface Bounds {
  readonly lo: number
  readonly hi: number
}

/**
 * The values whose masks are worth a bit per element: those that epilogues gate by, all within the same bounds. With the
 * mask the value itself need not be kept, nor read again, for the backward pass.
 */
export function maskedValues(fusions: ReadonlyMap<AnyNode, Fusion>): ReadonlyMap<Value, Bounds> {
  const masked = new Map<Value, Bounds>()
  const refused = new Set<Value>()
  for (const { epilogue } of fusions.values()) {
    if (!epilogue.gate) continue
    const { y, lo, hi } = epilogue.gate
    const known = masked.get(y)
    if (known && (known.lo !== lo || known.hi !== hi)) refused.add(y)
    masked.set(y, { lo, hi })
  }
  for (const value of refused) masked.delete(value)
  return masked
}

/** Kernels that read and write masks. */
type MaskingStep = Extract<Step, { kernel: 'conv' | 'depthwise' | 'winograd' }>

const CHANNELS_PER_WORD = 16

/** Whether a step can: its channels are whole vectors. */
export function takesMasks(step: Step): step is MaskingStep {
  const channels = (): unknown => {
    switch (step.kernel) {
      case 'conv':
        return step.args.outPerGroup
      case 'depthwise':
        return step.args.channels
      case 'winograd':
        return step.args.filters
      default:
        return undefined
    }
  }
  const count = channels()
  return typeof count === 'number' && count % CHANNELS_PER_WORD === 0
}
