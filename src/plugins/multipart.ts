import { MIMEType } from 'node:util'
import { HttpError, invalidParameters, type ParameterError } from '../errors.ts'
import type { Upload } from './uploads.ts'

/** RFC 2046 */
const LONGEST_BOUNDARY = 70
const FIELD = 'image'

/**
 * The files of a form's `image` fields, in order. The form is read from memory, where BODY_LIMIT has bounded it, by the
 * platform's own parser. Throws `malformed-multipart`, and `invalid-parameter` naming every part that has no place here.
 */
export async function multipartUploads(
  body: Buffer,
  contentType: string,
  maxImages: number,
): Promise<Upload[]> {
  const boundary = boundaryOf(contentType)
  if (countParts(body, boundary, maxImages) > maxImages)
    throw invalidParameters([{ parameter: FIELD, message: `expected at most ${maxImages} images, got more` }])
  const form = await parse(body, contentType)

  const files: File[] = []
  const faults: ParameterError[] = []
  for (const [name, value] of form) {
    if (name !== FIELD)
      faults.push({
        parameter: name,
        message: `expected only fields named ${FIELD}; parameters go into the query string`,
      })
    else if (typeof value === 'string')
      faults.push({
        parameter: FIELD,
        message: 'expected a file, got text: with curl, write -F image=@cat.jpg',
      })
    else files.push(value)
  }
  if (faults.length > 0) throw invalidParameters(faults)
  if (files.length === 0) throw new HttpError('missing-image', `the form has no field named ${FIELD}`)
  return Promise.all(
    files.map(async (file, index) => ({
      name: files.length === 1 ? FIELD : `${FIELD}[${index}]`,
      type: file.type.split(';', 1)[0] ?? '',
      bytes: Buffer.from(await file.arrayBuffer()),
    })),
  )
}

function boundaryOf(contentType: string): string {
  const boundary = new MIMEType(contentType).params.get('boundary')
  if (!boundary) throw new HttpError('malformed-multipart', 'the content type names no boundary')
  if (boundary.length > LONGEST_BOUNDARY)
    throw new HttpError('malformed-multipart', `the boundary is longer than ${LONGEST_BOUNDARY} characters`)
  return boundary
}

/** Parts of the form, at most `max` + 1: the parser itself would build millions of empty ones. */
function countParts(body: Buffer, boundary: string, max: number): number {
  const opening = `--${boundary}\r\n`
  let count = 0
  for (
    let at = body.indexOf(opening);
    at >= 0 && count <= max;
    at = body.indexOf(opening, at + opening.length)
  )
    count++
  return count
}

async function parse(body: Buffer, contentType: string): Promise<FormData> {
  try {
    return await new Response(new Uint8Array(body), { headers: { 'content-type': contentType } }).formData()
  } catch (error) {
    // the platform's message is always the same; its cause tells what is wrong
    const reason = error instanceof Error && error.cause instanceof Error ? error.cause.message : ''
    throw new HttpError('malformed-multipart', `the form cannot be parsed${reason && `: ${reason}`}`, {
      cause: error,
    })
  }
}
