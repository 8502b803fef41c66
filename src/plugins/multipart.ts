import { Writable } from 'node:stream'
import { MIMEType } from 'node:util'
import type { FastifyRequest } from 'fastify'
import { HttpError, invalidParameters, type ParameterError } from '../errors.ts'
import { type BodyBounds, withinBounds } from './read-body.ts'
import type { Upload } from './uploads.ts'

/** RFC 2046 */
const LONGEST_BOUNDARY = 70
const FIELD = 'image'
/** What is read of the headers of a part; clients send two or three. The rest of them is not kept. */
const HEADER_LIMITS = { headerPairs: 16, headerSize: 8192 }
/** Characters of a field's name that an error repeats. */
const NAME_SHOWN = 100

/** What the headers of a part say. */
interface PartHead {
  readonly name: string
  readonly isFile: boolean
}

/** What a form may hold: pictures, and fields of text, each once. */
export interface FormFields {
  readonly maxImages: number
  readonly texts: readonly string[]
}

/**
 * The files of a form's `image` fields, in order, then its fields of text under their names, parsed while the body streams within its bounds. Throws
 * `malformed-multipart`, and `invalid-parameter` naming every part that has no place here.
 */
export async function multipartUploads(
  request: FastifyRequest,
  bounds: BodyBounds,
  { maxImages, texts }: FormFields,
): Promise<Upload[]> {
  const delimiters = new DelimiterCounter(boundaryOf(request.headers['content-type'] ?? ''))
  const heads: PartHead[] = []
  const parts = await withinBounds(request.raw, bounds, () => {
    request.raw.pipe(delimiters)
    return readParts(request, heads, { maxParts: maxImages + texts.length, texts, maxBytes: bounds.limit })
  })

  if (delimiters.count === 0) throw malformed('the form is empty')
  // the parser skips a part whose headers it cannot use; each part has a delimiter, and the form has one more
  if (heads.length !== delimiters.count - 1)
    throw malformed(`expected each part to say content-disposition: form-data; name="${FIELD}"`)
  const known = [...(maxImages > 0 ? [FIELD] : []), ...texts]
  const faults = [...heads.flatMap((head) => faultsOf(head, texts, known)), ...repeated(heads, texts)]
  if (faults.length > 0) throw invalidParameters(faults)
  const files = parts.filter(({ name }) => name === FIELD)
  if (files.length > maxImages) throw tooMany(maxImages)
  if (files.length === 0 && maxImages > 0)
    throw new HttpError('missing-image', `the form has no field named ${FIELD}`)
  const named = files.map((file, i) => ({ ...file, name: files.length === 1 ? FIELD : `${FIELD}[${i}]` }))
  return [...named, ...parts.filter(({ name }) => name !== FIELD)]
}

function boundaryOf(contentType: string): string {
  const boundary = new MIMEType(contentType).params.get('boundary')
  if (!boundary) throw malformed('the content type names no boundary')
  if (boundary.length > LONGEST_BOUNDARY)
    throw malformed(`the boundary is longer than ${LONGEST_BOUNDARY} characters`)
  return boundary
}

/**
 * Every named part counts as a file: the plugin would keep the text of fields, and refuse some without telling their
 * name. `heads` gets all of them, the refused ones too.
 */
async function readParts(
  request: FastifyRequest,
  heads: PartHead[],
  {
    maxParts,
    texts,
    maxBytes,
  }: { readonly maxParts: number; readonly texts: readonly string[]; readonly maxBytes: number },
): Promise<Upload[]> {
  const limits = { parts: maxParts, ...HEADER_LIMITS }
  // no part can fill it up: the parser stalls for good when a part that it skips does
  const fileHwm = maxBytes + 1
  const isPartAFile = (name: string | undefined, _type: unknown, filename: string | undefined): boolean => {
    if (name) heads.push({ name, isFile: filename !== undefined })
    return true
  }
  const parts: Upload[] = []
  try {
    for await (const part of request.parts({ limits, isPartAFile, fileHwm })) {
      if (part.type !== 'file') continue
      const { fieldname: name, mimetype: type } = part
      if (name === FIELD || texts.includes(name)) parts.push({ name, type, bytes: await part.toBuffer() })
      else part.file.resume()
    }
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code === 'FST_PARTS_LIMIT' && maxParts > texts.length) throw tooMany(maxParts - texts.length)
    if (code === 'FST_PARTS_LIMIT') throw malformed(`expected each of ${texts.join(', ')} once`)
    // a field that is named like a property of all objects: its head is there
    if (code !== 'FST_PROTO_VIOLATION')
      throw malformed(`the form cannot be parsed: ${error instanceof Error ? error.message : error}`, error)
  }
  return parts
}

/** Counts the delimiters between parts, also those that lie across chunks. */
class DelimiterCounter extends Writable {
  count = 0
  readonly #delimiter: Buffer
  #rest = Buffer.from('\r\n')

  constructor(boundary: string) {
    super()
    this.#delimiter = Buffer.from(`\r\n--${boundary}`)
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    const { length } = this.#delimiter
    const bytes = Buffer.concat([this.#rest, chunk])
    for (let at = bytes.indexOf(this.#delimiter); at >= 0; at = bytes.indexOf(this.#delimiter, at + length))
      this.count++
    this.#rest = bytes.subarray(Math.max(0, bytes.length - length + 1))
    done()
  }
}

const tooMany = (maxImages: number): HttpError =>
  invalidParameters([{ parameter: FIELD, message: `expected at most ${maxImages} images, got more` }])

/** Fields of text that are given more than once. */
const repeated = (heads: readonly PartHead[], texts: readonly string[]): ParameterError[] =>
  texts
    .filter((text) => heads.filter(({ name }) => name === text).length > 1)
    .map((parameter) => ({ parameter, message: 'expected once, got it several times' }))

function faultsOf(
  { name, isFile }: PartHead,
  texts: readonly string[],
  known: readonly string[],
): ParameterError[] {
  if (texts.includes(name)) return []
  if (!known.includes(name)) {
    const message = `expected only fields named ${known.join(' and ')}; parameters go into the query string`
    return [{ parameter: name.slice(0, NAME_SHOWN), message }]
  }
  if (isFile) return []
  return [{ parameter: FIELD, message: 'expected a file, got text: with curl, write -F image=@cat.jpg' }]
}

const malformed = (detail: string, cause?: unknown): HttpError =>
  new HttpError('malformed-multipart', detail, { cause })
