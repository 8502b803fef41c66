import type { Engine } from '../engine.ts'
import { HttpError } from '../errors.ts'
import type { StoredNetwork } from '../networks/store.ts'
import { echo } from '../schemas/query.ts'
import { usableModel } from './admission.ts'

/** A network by its id. Throws `unknown-model`, `unusable-model`, and `not-a-network` for a model that is an ONNX file alone. */
export function findNetwork(engine: Engine, id: string): StoredNetwork {
  const network = engine.networks.get(id)
  if (network) return network
  const model = usableModel(engine, id)
  throw new HttpError(
    'not-a-network',
    `the model ${echo(model.id)} is an ONNX file alone: only networks that this service made can be looked into layer by layer`,
  )
}
