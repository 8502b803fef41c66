import { z } from 'zod'
import { invalidParameters } from '../errors.ts'
import { type NetworkSpec, readSpec } from '../networks/spec.ts'
import { networkBodySchema } from './networks.ts'

/** What is at fault outside of the layers, which `readSpec` reads. */
const frame = networkBodySchema.pick({ seed: true, labels: true }).extend({
  input: z.unknown().optional(),
  layers: z.unknown().optional(),
})

/** The body of PUT /v1/models/{model}. Throws HttpError `invalid-parameter` and NetworkError `bad-spec`. */
export function readNetworkBody(json: unknown): {
  readonly spec: NetworkSpec
  readonly labels: readonly string[] | undefined
} {
  const { data, error } = frame.safeParse(json)
  if (data === undefined)
    throw invalidParameters(
      (error?.issues ?? []).map((issue) => ({
        parameter:
          issue.code === 'unrecognized_keys' ? issue.keys.join(', ') : issue.path.join('.') || 'body',
        message: issue.code === 'unrecognized_keys' ? 'there is no such field' : issue.message,
      })),
    )
  const { labels, ...spec } = data
  return { spec: readSpec(spec), labels }
}
