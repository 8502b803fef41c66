import { randomUUID } from 'node:crypto'
import { Readable } from 'node:stream'
import type { FastifyReply } from 'fastify'
import type { Draw } from '../augment/orientation.ts'
import { zipParts } from '../imaging/zip.ts'
import type { RotateFormat, RotationAnswer } from '../schemas/augment.ts'
import type { RotateQuery } from '../schemas/read-augment.ts'
import { mediaTypes } from './negotiation.ts'
import type { Rotated, RotatedFile } from './rotating.ts'

/** A body in parts, which are sent one after the other. */
interface PartedBody {
  readonly type: string
  readonly parts: readonly Uint8Array[]
}

/** Longest Gradlens-Draws header: clients read headers up to some size only, 16 KiB together with Node's. */
const LONGEST_DRAWS = 8192

/** What is said of the rotations beside the body. */
export function rotationHeaders(draws: readonly Draw[], seed: number): Record<string, string> {
  const text = JSON.stringify(draws)
  return { 'gradlens-seed': `${seed}`, ...(text.length <= LONGEST_DRAWS && { 'gradlens-draws': text }) }
}

/** The body of an answer: tensors, a file, or several. */
export function rotationBody(
  { draws, files, warnings }: Rotated,
  { seed, inverse }: RotateQuery,
  format: RotateFormat,
  timings: Readonly<Record<string, number>>,
): PartedBody {
  return format === 'json'
    ? jsonBody({ draws, seed, inverse, warnings, timings }, files)
    : filesBody(files, draws, format)
}

/** Sends a body without joining it: its parts may be large. */
export function sendParts(reply: FastifyReply, { type, parts }: PartedBody): FastifyReply {
  const length = parts.reduce((sum, part) => sum + part.length, 0)
  return reply.header('content-length', length).type(type).send(Readable.from(parts))
}

/** The tensors are texts already. */
function jsonBody(answer: RotationAnswer, files: readonly RotatedFile[]): PartedBody {
  const head = Buffer.from(`${JSON.stringify(answer).slice(0, -1)},"tensors":[`)
  const tensors = files.flatMap(({ bytes }, i) => (i === 0 ? [bytes] : [Buffer.from(','), bytes]))
  return { type: mediaTypes.json, parts: [head, ...tensors, Buffer.from(']}')] }
}

/** Files as they are asked for: one by itself, several as a zip, or either kind of archive with the draws in it. */
function filesBody(
  files: readonly RotatedFile[],
  draws: readonly Draw[],
  format: Exclude<RotateFormat, 'json'>,
): PartedBody {
  const [only] = files
  if (files.length === 1 && only && format !== 'zip' && format !== 'mixed')
    return { type: typeOf(only), parts: [only.bytes] }
  const all = [...files, { name: 'draws.json', bytes: Buffer.from(JSON.stringify(draws)) }]
  return format === 'mixed' ? mixedBody(all) : { type: mediaTypes.zip, parts: zipParts(all) }
}

const types: ReadonlyMap<string, string> = new Map(Object.entries(mediaTypes))
const typeOf = ({ name }: RotatedFile): string =>
  types.get(name.split('.').at(-1) ?? '') ?? 'application/octet-stream'

/** RFC 2046, 5.1: each file with its type and name. A random boundary is in none of them. */
function mixedBody(files: readonly RotatedFile[]): PartedBody {
  const boundary = randomUUID()
  const parts = files.flatMap((file) => [
    Buffer.from(
      `--${boundary}\r\ncontent-type: ${typeOf(file)}\r\ncontent-disposition: attachment; filename="${file.name}"\r\ncontent-length: ${file.bytes.length}\r\n\r\n`,
    ),
    file.bytes,
    Buffer.from('\r\n'),
  ])
  return {
    type: `${mediaTypes.mixed}; boundary=${boundary}`,
    parts: [...parts, Buffer.from(`--${boundary}--\r\n`)],
  }
}
