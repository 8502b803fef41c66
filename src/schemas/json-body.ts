import { invalidParameters } from '../errors.ts'

/** A parameter that the query or the body may have. Throws `invalid-parameter` when both do. */
export function onceGiven<T>(
  parameter: string,
  inQuery: T | undefined,
  inBody: T | undefined,
): T | undefined {
  if (inQuery === undefined || inBody === undefined) return inQuery ?? inBody
  const message = 'given in the query and in the body: expected it in one of them'
  throw invalidParameters([{ parameter, message }])
}

/** Throws `invalid-parameter` for parameters in the query of a body in JSON, which has them all. */
export function refuseInQuery(names: readonly string[]): void {
  if (names.length === 0) return
  const message = 'expected in the JSON body, not in the query'
  throw invalidParameters(names.map((parameter) => ({ parameter, message })))
}
