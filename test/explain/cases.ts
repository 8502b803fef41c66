import type { Tensor } from '../../src/core/ir/tensor.ts'
import type { LoadedModel } from '../../src/explain/loaded.ts'
import { camNet, camNetInput } from './toys.ts'

/** How the shared properties try a method: every registered method has exactly one row. */
export interface MethodCase {
  readonly method: string
  readonly params?: Readonly<Record<string, unknown>>
  readonly model: () => LoadedModel
  readonly input: Tensor
  /** draws random numbers, so that the seed matters */
  readonly sampling: boolean
}

const onCamNet = { model: camNet, input: camNetInput, sampling: false }
/** Enough noise to cross the kinks of a small network; more points than run at once, and not a multiple. */
const noisy = { ...onCamNet, params: { samples: 7, noise: 0.5 }, sampling: true }

export const methodCases: readonly MethodCase[] = [
  { method: 'gradient', ...onCamNet },
  { method: 'gradient-x-input', ...onCamNet },
  { method: 'smoothgrad', ...noisy },
  { method: 'smoothgrad-squared', ...noisy },
  { method: 'vargrad', ...noisy },
  { method: 'integrated-gradients', ...onCamNet, params: { steps: 7, baseline: 'black' } },
  { method: 'guided-backprop', ...onCamNet },
  { method: 'deconvnet', ...onCamNet },
  { method: 'grad-cam', ...onCamNet },
]
