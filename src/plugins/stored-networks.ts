import type { Engine } from '../engine.ts'
import { HttpError, invalidParameters } from '../errors.ts'
import type { StoredNetwork } from '../networks/store.ts'
import { didYouMean, echo } from '../schemas/query.ts'

/** A network by its id. Throws `unknown-model`, and `invalid-parameter` for a model that is known, but not as a list of layers. */
export function storedNetwork(engine: Engine, id: string): StoredNetwork {
  const network = engine.networks.get(id)
  if (network) return network
  if (engine.models.get(id)) {
    const message = `expected a network that was made here, as a list of layers, got ${echo(id)}`
    throw invalidParameters([{ parameter: 'model', message }])
  }
  const ids = engine.networks.list().map((known) => known.id)
  throw new HttpError('unknown-model', `there is no network ${echo(id)}${didYouMean(id, ids)}`)
}

/** Names of as many classes. */
export const classNames = ({ labels = [] }: StoredNetwork, classes: number): readonly string[] =>
  Array.from({ length: classes }, (_, k) => labels[k] ?? `class ${k}`)
