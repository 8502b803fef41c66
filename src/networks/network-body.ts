import * as z from 'zod'
import { readBy } from '../faults/by-schema.ts'
import { boundedJson, IN_A_WORKER } from '../faults/json.ts'
import { outputLabelsSchema } from './labels.ts'
import { MOST_WEIGHTS } from './network.ts'
import { type NewNetwork, newNetwork } from './new-network.ts'
import { networkSchema, specOf } from './spec.ts'

/** What PUT /v1/models/{model} takes. */
export const networkBodySchema = z
  .strictObject({
    ...networkSchema.shape,
    labels: outputLabelsSchema.optional(),
  })
  .meta({
    id: 'NetworkSpec',
    description: `A network as a list of layers, of at most ${MOST_WEIGHTS} weights together`,
    example: {
      input: [1, 28, 28],
      layers: [
        { type: 'conv2d', filters: 8, kernel: 3, padding: 'same' },
        { type: 'relu' },
        { type: 'maxPool', size: 2 },
        { type: 'fullyConnected', units: 2 },
      ],
      seed: 7,
      labels: ['circle', 'cross'],
    },
  })

/** A network that was sent, with its initial weights. */
export interface ReadNetwork extends NewNetwork {
  readonly labels: readonly string[] | undefined
}

/** Reads the body of PUT /v1/models/{model}. Throws FaultsError and NetworkError `bad-spec`. */
export function readNetworkBody(bytes: Uint8Array): ReadNetwork {
  const { labels, ...given } = readBy(networkBodySchema, boundedJson(bytes, 'body', IN_A_WORKER), 'body')
  return { ...newNetwork(specOf(given)), labels }
}
