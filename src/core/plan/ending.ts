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

export const endsInEpilogue = (step: Step): step is EndingStep =>
  step.kernel === 'conv' ||
  step.kernel === 'narrow' ||
  step.kernel === 'depthwise' ||
  step.kernel === 'winograd'

/** The step with its epilogue's fields replaced. */
export function withEnding(step: EndingStep, ending: Partial<Record<EndingField, StepArg>>): Step {
  switch (step.kernel) {
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
