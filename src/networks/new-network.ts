import { initialParameters, networkOf, type Parameters } from './network.ts'
import { type NetworkSpec, withoutNumbers } from './spec.ts'

/** A network that has learnt nothing yet. */
export interface NewNetwork {
  readonly spec: NetworkSpec
  readonly parameters: Parameters
}

/** Numbers that were given become the parameters, and leave the spec. Throws NetworkError `bad-spec`. */
export const newNetwork = (spec: NetworkSpec): NewNetwork => ({
  spec: withoutNumbers(spec),
  parameters: initialParameters(networkOf(spec)),
})
