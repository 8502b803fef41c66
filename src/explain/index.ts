import { deconvnet } from './deconvnet.ts'
import { gradCam } from './grad-cam.ts'
import { gradient } from './gradient.ts'
import { gradientXInput } from './gradient-x-input.ts'
import { guidedBackprop } from './guided-backprop.ts'
import { integratedGradients } from './integrated-gradients.ts'
import type { Method } from './method.ts'
import { smoothgrad } from './smoothgrad.ts'
import { smoothgradSquared } from './smoothgrad-squared.ts'
import { vargrad } from './vargrad.ts'

/** Every attribution method, by its id in the API. */
export const methods: ReadonlyMap<string, Method> = new Map(
  [
    gradient,
    gradientXInput,
    smoothgrad,
    smoothgradSquared,
    vargrad,
    integratedGradients,
    guidedBackprop,
    deconvnet,
    gradCam,
  ].map((method) => [method.id, method]),
)
