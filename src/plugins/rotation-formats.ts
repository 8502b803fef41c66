import type { FastifyReply, FastifyRequest } from 'fastify'
import { invalidParameters } from '../errors.ts'
import type { RotateFormat } from '../schemas/augment.ts'
import { chooseFormat, type Format } from './negotiation.ts'
import type { RotationInputs } from './rotation-inputs.ts'

/** What an answer may be chosen for: the inputs, or either of them as long as the body has not come. */
type Kind = RotationInputs['kind'] | 'either'

type Offer = Format & RotateFormat
const pictures: readonly Offer[] = ['png', 'webp', 'jpeg', 'npy', 'json', 'zip', 'mixed']
const arrays: readonly Offer[] = ['npy', 'json', 'zip', 'mixed']
/** The default first. A contact sheet is a PNG as well: only `format=` can tell them apart. */
const offers: {
  readonly [K in Kind]: { readonly accepted: readonly Offer[]; readonly asked: readonly RotateFormat[] }
} = {
  pictures: { accepted: pictures, asked: [...pictures, 'sheet'] },
  arrays: { accepted: arrays, asked: arrays },
  either: { accepted: pictures, asked: [...pictures, 'sheet'] },
}

/** What `format=` or the Accept header choose. Throws `not-acceptable`, and `invalid-parameter` for a picture of an array. */
export function rotationFormat(
  request: FastifyRequest,
  reply: FastifyReply,
  asked: RotateFormat | undefined,
  kind: Kind,
): RotateFormat {
  const offered = offers[kind]
  if (asked === undefined) return chooseFormat(request, reply, { asked, offers: offered.accepted })
  if (offered.asked.includes(asked)) return asked
  const message = `${kind} come as ${offered.asked.join(', ')}, not as ${asked}`
  throw invalidParameters([{ parameter: 'format', message }])
}
