import { CoreError } from '../errors.ts'
import type { Step, StepArg } from './lowering.ts'

type EndingField =
  | 'addend'
  | 'clampMin'
  | 'clampMax'
  | 'gate'
  | 'gateMin'
  | 'gateMax'
  | 'gateBits'
  | 'maskBits'
/** A step whose kernel has an epilogue. */
type EndingStep = Extract<Step, { kernel: 'conv' | 'narrow' | 'depthwise' | 'winograd' }>
/** … or one that only clamps. */
type ClampingStep = Extract<Step, { kernel: 'interpolate' }>

/** Whether the step's kernel can do what follows it to what it computes. */
export const takesEnding = (step: Step): step is EndingStep | ClampingStep =>
  step.kernel === 'interpolate' ||
  step.kernel === 'conv' ||
  step.kernel === 'narrow' ||
  step.kernel === 'depthwise' ||
  step.kernel === 'winograd'

/** The step with its epilogue's fields replaced. */
export function withEnding(
  step: EndingStep | ClampingStep,
  ending: Partial<Record<EndingField, StepArg>>,
): Step {
  switch (step.kernel) {
    case 'interpolate': {
      const { clampMin, clampMax, addend, gate, gateBits } = ending
      if (addend || gate || gateBits) throw new CoreError('graph', 'interpolate does no more than clamp')
      return { ...step, args: { ...step.args, clampMin, clampMax } }
    }
    case 'conv':
      return { ...step, args: { ...step.args, ...ending } }
    case 'narrow':
      return { ...step, args: { ...step.args, ...ending } }
    case 'depthwise':
      return { ...step, args: { ...step.args, ...ending } }
    case 'winograd':
      return { ...step, args: { ...step.args, ...ending } }
  }
}
