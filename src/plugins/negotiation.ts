import type { FastifyReply, FastifyRequest } from 'fastify'
import Negotiator from 'negotiator'
import { HttpError } from '../errors.ts'

/** Formats of answers, by the names that `format=` takes. */
export const mediaTypes = {
  png: 'image/png',
  webp: 'image/webp',
  jpeg: 'image/jpeg',
  svg: 'image/svg+xml',
  json: 'application/json',
  npy: 'application/x-npy',
  zip: 'application/zip',
  mixed: 'multipart/mixed',
} as const
/** See `mediaTypes`. */
export type Format = keyof typeof mediaTypes

/**
 * The format of the answer: what `format=` asks for, or else what the Accept header likes best, the first of `offers` on a
 * tie. Throws `not-acceptable`.
 */
export function chooseFormat<F extends Format>(
  request: FastifyRequest,
  reply: FastifyReply,
  { asked, offers }: { readonly asked: F | undefined; readonly offers: readonly F[] },
): F {
  if (asked !== undefined) return asked
  reply.header('vary', 'accept')
  const types = offers.map((format) => mediaTypes[format])
  const [best] = new Negotiator(request.raw).mediaTypes(types)
  const chosen = offers.find((format) => mediaTypes[format] === best)
  if (chosen !== undefined) return chosen
  throw new HttpError('not-acceptable', `the answer comes as ${types.join(', ')}`)
}
