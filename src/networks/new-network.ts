import { NetworkError } from './errors.ts'
import { initialParameters, networkOf, type Parameters } from './network.ts'
import { type NetworkSpec, withoutNumbers } from './spec.ts'

/** A network that has learnt nothing yet. */
export interface NewNetwork {
  readonly spec: NetworkSpec
  readonly parameters: Parameters
}

/**
 * Numbers that were given become the parameters, and leave the spec. Throws NetworkError `bad-spec`, also for numbers that the
 * kernels cannot compute with.
 */
export function newNetwork(spec: NetworkSpec): NewNetwork {
  const network = networkOf(spec)
  const parameters = initialParameters(network)
  parameters.forEach((values, place) => {
    const large = values.find((value) => !Number.isFinite(Math.fround(value)))
    if (large !== undefined)
      throw new NetworkError(
        'bad-spec',
        network.parameters[place]?.name ?? '',
        `expected numbers that float32 has, up to 3.4e38, got ${large}`,
      )
  })
  return { spec: withoutNumbers(spec), parameters }
}
