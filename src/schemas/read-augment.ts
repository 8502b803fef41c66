import * as z from 'zod'
import type { DrawSource } from '../augment/draws.ts'
import type { Draw } from '../augment/orientation.ts'
import { invalidParameters, type ParameterError } from '../errors.ts'
import { drawSchema, rotateParameters } from './augment.ts'
import { echo, type RawQuery, readObject, unknownNames } from './query.ts'

type Read = z.output<typeof rotateParameters>

/** What rot90 was asked, before the samples are looked at. */
export interface RotateQuery
  extends Pick<Read, 'inverse' | 'p' | 'sameOnBatch' | 'seed' | 'nonCubic' | 'layout' | 'format'> {
  readonly source: DrawSource
}

/** The query with the draws that a form brought. */
export const withDraws = (raw: RawQuery, draws: string | undefined): RawQuery =>
  draws === undefined ? raw : { ...raw, draws: Object.hasOwn(raw, 'draws') ? ['', draws] : draws }

/** The parameters, each by itself and against the others. Throws `invalid-parameter` naming every fault. */
export function readRotate(raw: RawQuery): RotateQuery {
  const { values, errors } = readObject(rotateParameters, raw)
  const replayed = values?.draws === undefined ? { draws: undefined, errors: [] } : readDraws(values.draws)
  const faults = [
    ...errors,
    ...replayed.errors,
    ...conflictsIn(raw),
    ...unknownNames(Object.keys(rotateParameters.shape), raw),
  ]
  if (faults.length > 0 || !values) throw invalidParameters(faults)
  return { ...values, source: sourceOf(values, replayed.draws) }
}

function sourceOf({ group, k, axes }: Read, draws: readonly Draw[] | undefined): DrawSource {
  if (draws) return { kind: 'draws', draws }
  if (k) return { kind: 'k', k, axes }
  return { kind: 'group', group, axes }
}

/** Parameters that say the same thing in two ways. */
function conflictsIn(raw: RawQuery): ParameterError[] {
  const has = (name: string) => Object.hasOwn(raw, name)
  const beside = (other: string, names: readonly string[]) =>
    has(other)
      ? names.filter(has).map((name) => ({ parameter: name, message: `${other} says it already` }))
      : []
  const [ofDraws, ofK] = [
    beside('draws', ['group', 'k', 'axes', 'p', 'sameOnBatch', 'seed']),
    beside('k', ['group']),
  ]
  return has('draws') ? ofDraws : ofK
}

const drawsSchema = z.array(drawSchema)
const EXPECTED = `expected a JSON list of draws such as ${rotateParameters.shape.draws.meta()?.example}`

/** Draws as JSON. */
function readDraws(text: string): {
  draws: readonly Draw[] | undefined
  errors: readonly ParameterError[]
} {
  const refuse = (got: string) => ({
    draws: undefined,
    errors: [{ parameter: 'draws', message: `${EXPECTED}, got ${got}` }],
  })
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    return refuse(echo(text))
  }
  const read = drawsSchema.safeParse(json)
  if (read.success) return { draws: read.data, errors: [] }
  const [{ path } = { path: [] }] = read.error.issues
  if (path.length === 0) return refuse(echo(text))
  const place = path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`)).join('')
  return refuse(`something else at ${place}`)
}
