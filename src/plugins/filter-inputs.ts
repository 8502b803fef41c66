import type { FastifyRequest } from 'fastify'
import { invalidParameters } from '../errors.ts'
import type { ArrayOfNumbers } from '../filters/nested.ts'
import { isInteger, type NumberClass } from '../filters/number-class.ts'
import { type SampleData, type Samples, samplesOf } from '../filters/samples.ts'
import { TensorError } from '../imaging/errors.ts'
import { findNonFinite, readNpy } from '../imaging/npy.ts'
import { type DecodedRaster, decodeRaster } from '../imaging/raster.ts'
import type { FilterFormat } from '../schemas/filters.ts'
import {
  type AnyFilterQuery,
  askOf,
  type FilterAsk,
  readFilterBody,
  readPipelineField,
} from '../schemas/read-filter.ts'
import { shareInPieces } from './share.ts'
import { tensorFormat } from './tensor-inputs.ts'
import type { Upload } from './uploads.ts'

/** Something to be filtered, and how. */
export interface FilterInput extends ArrayOfNumbers {
  readonly from: 'picture' | 'npy' | 'json'
  readonly ask: FilterAsk
  readonly warnings: readonly string[]
}

/** What formats answers come in, by what was sent: the likeliest first. */
const offersFor: { readonly [F in FilterInput['from']]: readonly FilterFormat[] } = {
  picture: ['png', 'webp', 'jpeg', 'json', 'npy', 'zip'],
  npy: ['npy', 'json', 'png', 'webp', 'jpeg', 'zip'],
  json: ['json', 'npy', 'png', 'webp', 'jpeg', 'zip'],
}

interface SplitUploads {
  readonly pictures: Upload[]
  readonly pipeline: Upload | undefined
  /** what the first of them is */
  readonly from: FilterInput['from']
  /** the formats that suit it */
  readonly offers: readonly FilterFormat[]
}

/** Pictures and arrays apart from the form's field `pipeline`. */
export function splitUploads(uploads: readonly Upload[]): SplitUploads {
  const pictures = uploads.filter(({ name }) => name !== 'pipeline')
  const [first] = pictures
  const from = (first && tensorFormat(first)) ?? 'picture'
  return {
    pictures,
    pipeline: uploads.find(({ name }) => name === 'pipeline'),
    from,
    offers: offersFor[from],
  }
}

/** Each upload in turn. It is forgotten as it is taken: a large file need not be there while its picture is filtered. */
export function* taken(uploads: Upload[]): Generator<Upload, void> {
  for (let upload = uploads.shift(); upload; upload = uploads.shift()) yield upload
}

/** Throws `invalid-parameter` when there are several. */
export function onlyPicture({ pictures }: SplitUploads): Upload {
  const [picture] = pictures
  if (picture && pictures.length === 1) return picture
  throw invalidParameters([{ parameter: 'image', message: `expected one picture, got ${pictures.length}` }])
}

/** Reads an upload and what the query, or the body itself, asks of it. Throws HttpError, ImagingError and TensorError. */
export async function filterInput(
  request: FastifyRequest,
  upload: Upload,
  query: AnyFilterQuery,
  field: Upload | undefined,
): Promise<FilterInput> {
  const { timings, server } = request
  const format = tensorFormat(upload)
  if (format === 'json') {
    if (field)
      throw invalidParameters([{ parameter: 'pipeline', message: 'a JSON body has its own pipeline' }])
    const { array, ask } = await timings.measure('decode', () => readFilterBody(upload.bytes, query))
    return { ...array, ask, from: 'json', warnings: [] }
  }
  const ask = askOf(query, field && readPipelineField(field.bytes, query))
  if (format === 'npy') {
    const array = await timings.measure('decode', () => readArray(upload.bytes))
    return { ...array, ask, from: 'npy', warnings: [] }
  }
  const { pixelLimit } = server.config
  const raster = await timings.measure('decode', async () =>
    sharedSamples(await decodeRaster(upload.bytes, { pixelLimit })),
  )
  return { ...raster, ask, rank: 3, from: 'picture' }
}

async function sharedSamples({
  width,
  height,
  channels,
  depth,
  data,
  warnings,
}: DecodedRaster): Promise<Pick<FilterInput, 'samples' | 'warnings'>> {
  const samples: Samples = {
    rows: height,
    columns: width,
    channels,
    type: depth === 8 ? 'uint8' : 'uint16',
    alpha: channels % 2 === 0,
    data: await shareInPieces(data),
  }
  return { samples, warnings }
}

const npyTypes: ReadonlyMap<string, NumberClass> = new Map([
  ['u1', 'uint8'],
  ['b1', 'uint8'],
  ['u2', 'uint16'],
  ['i2', 'int16'],
  ['f4', 'float32'],
  ['f8', 'float64'],
])

/** An NPY array as (columns), (rows, columns) or (rows, columns, channels). Throws TensorError. */
function readArray(bytes: Buffer): ArrayOfNumbers {
  const { shape, dtype, data } = readNpy(bytes)
  const type = npyTypes.get(dtype.slice(1))
  if (!type)
    throw new TensorError(
      'dtype',
      `expected ${[...new Set(npyTypes.values())].join(', ')}, got ${dtype}: use astype('float64')`,
    )
  const rank = shape.length
  if ((rank !== 1 && rank !== 2 && rank !== 3) || shape.includes(0))
    throw new TensorError(
      'shape',
      `expected (columns), (rows, columns) or (rows, columns, channels), got shape (${shape.join(', ')})`,
    )
  const bad = findNonFinite({ shape, data })
  if (bad !== undefined) throw new TensorError('value', bad)
  const [rows = 1, columns = 1, channels = 1] = rank === 1 ? [1, ...shape] : shape
  return {
    rank,
    samples: { rows, columns, channels, type, alpha: false, data: dataAs(type, data) },
  }
}

function dataAs(type: NumberClass, data: Float32Array | Float64Array): SampleData {
  if (!isInteger(type)) return data
  const out = samplesOf(type, data.length)
  out.set(data)
  return out
}
