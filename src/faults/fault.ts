/** One parameter at fault: its name, as in `points[3][1]`, and what was expected and what came. */
export interface Fault {
  readonly parameter: string
  readonly message: string
}

/** All that is at fault with what was given, in one error. It knows nothing of HTTP: `src/errors.ts` gives it its status. */
export class FaultsError extends Error {
  readonly kind = 'invalid'
  readonly faults: readonly Fault[]

  constructor(faults: readonly Fault[], options?: ErrorOptions) {
    super(inWords(faults), options)
    this.name = 'FaultsError'
    this.faults = faults
  }
}

/** All faults as a sentence. */
export const inWords = (faults: readonly Fault[]): string =>
  `cannot use ${faults.map(({ parameter, message }) => `${parameter || 'a parameter without a name'}: ${message}`).join('; ')}`
