import type { FastifyRequest } from 'fastify'
import { drawAll, type NonCubic } from '../augment/draws.ts'
import type { PieceForm } from '../augment/job.ts'
import { isBatch } from '../augment/layout.ts'
import { apply, type Draw, restore } from '../augment/orientation.ts'
import { type StridedView, sizeOf } from '../core/ir/shape.ts'
import type { Place } from '../engine.ts'
import { invalidParameters } from '../errors.ts'
import { contactSheet, type Thumbnail, thumbnailOf } from '../imaging/contact-sheet.ts'
import { viewOf } from '../imaging/copy-elements.ts'
import { type DecodedRaster, decodeRaster, encodeRaster, type Raster } from '../imaging/raster.ts'
import type { RotateFormat } from '../schemas/augment.ts'
import type { RotateQuery } from '../schemas/read-augment.ts'
import { type ArrayInput, ownMemory, type RotationInputs } from './rotation-inputs.ts'
import type { Upload } from './uploads.ts'

/** One rotated picture, array or sample, in its format. */
export interface RotatedFile {
  readonly name: string
  readonly bytes: Uint8Array
}

/** What a request made of its samples. */
export interface Rotated {
  readonly draws: readonly Draw[]
  readonly files: readonly RotatedFile[]
  readonly warnings: readonly string[]
}

/** How a request's samples are answered. */
export interface Rotating {
  readonly request: FastifyRequest
  readonly place: Place
  readonly query: RotateQuery
  readonly format: RotateFormat
}

/** Numbers are written out one by one: a whole picture would fill the memory of whoever reads them. */
const MAX_JSON_ELEMENTS = 1_000_000
/** All pictures of an answer together where they are not compressed. */
const MAX_RAW_BYTES = 2 ** 28

/** Draws, and does or undoes what was drawn. Throws AugmentError where the draws do not fit, and HttpError. */
export async function rotateAll(rotating: Rotating, inputs: RotationInputs): Promise<Rotated> {
  const { query, format } = rotating
  const { source, p, sameOnBatch, seed } = query
  if (format === 'json') checkCount(inputs)
  const nonCubic = query.nonCubic ?? usual(inputs, query)
  const draws = drawAll(inputs.samples, { source, p, sameOnBatch, seed, nonCubic })
  const move = query.inverse ? restore : apply
  const turn: Turn = (view, sample) => move(view, drawOf(draws, sample))
  return inputs.kind === 'pictures'
    ? { draws, ...(await rotatePictures(rotating, inputs.uploads, turn)) }
    : { draws, files: await rotateArrays(rotating, inputs.arrays, turn), warnings: [] }
}

/** What becomes of the view of a sample. */
type Turn = (view: StridedView, sample: number) => StridedView

function drawOf(draws: readonly Draw[], sample: number): Draw {
  const draw = draws[sample]
  if (!draw) throw new RangeError(`no draw for sample ${sample}`)
  return draw
}

/** Pictures need not be alike, and who names the turns knows what they do to the shape. */
const usual = ({ kind }: RotationInputs, { source }: RotateQuery): NonCubic =>
  kind === 'arrays' && source.kind === 'group' ? 'error' : 'ragged'

function checkCount({ samples }: RotationInputs): void {
  const shapes = samples.map(({ shape, layout }) => (isBatch(layout) ? shape.slice(1) : shape))
  const elements = shapes.reduce((sum, shape) => sum + sizeOf(shape), 0)
  if (elements > MAX_JSON_ELEMENTS)
    throw invalidParameters([
      {
        parameter: 'format',
        message: `expected at most ${MAX_JSON_ELEMENTS.toLocaleString('en')} numbers for json, got ${elements.toLocaleString('en')}: take npy`,
      },
    ])
}

/** One by one, so that only one of them is in memory. */
async function rotatePictures(
  { request, place, format }: Rotating,
  uploads: readonly Upload[],
  turn: Turn,
): Promise<Omit<Rotated, 'draws'>> {
  const { cancelled, timings, server } = request
  const files: RotatedFile[] = []
  const thumbnails: Thumbnail[] = []
  const warnings: string[] = []
  let rawBytes = 0
  for (const [i, { bytes }] of uploads.entries()) {
    cancelled.throwIfAborted()
    const raster = await timings.measure('decode', () =>
      decodeRaster(bytes, { pixelLimit: server.config.pixelLimit }),
    )
    warnings.push(...raster.warnings)
    const { view, as } = pictureForm(raster, format, (view) => turn(view, i))
    if (as.kind === 'npy') rawBytes += raster.data.byteLength
    if (rawBytes > MAX_RAW_BYTES) throw tooLarge()
    const source = await timings.measure('decode', () => ownMemory(bytesOf(raster)))
    const elementBytes = raster.depth / 8
    const { result, queueMs } = await place.rotate({
      kind: 'rotate',
      pieces: [{ source, elementBytes, views: [view], as }],
    })
    timings.addAll({ queue: queueMs, ...result.timings })
    const piece = result.pieces[0] ?? new Uint8Array()
    if (as.kind !== 'elements') files.push({ name: `image-${i}.${as.kind}`, bytes: piece })
    else
      await timings.measure('render', async () => {
        const turned = rasterOf(raster, view.shape, piece)
        if (format === 'sheet') thumbnails.push(await thumbnailOf(turned))
        else
          files.push({
            name: `image-${i}.${pictureFormat(format)}`,
            bytes: await encodeRaster(turned, pictureFormat(format)),
          })
      })
  }
  if (format === 'sheet')
    files.push({ name: 'sheet.png', bytes: await timings.measure('render', () => contactSheet(thumbnails)) })
  return { files, warnings: [...new Set(warnings)] }
}

const tooLarge = () =>
  invalidParameters([
    {
      parameter: 'format',
      message: `expected at most ${MAX_RAW_BYTES / 2 ** 20} MiB of pixels for npy, got more: take png`,
    },
  ])

/** Archives hold PNGs. */
const pictureFormat = (format: RotateFormat) => (format === 'webp' || format === 'jpeg' ? format : 'png')

const bytesOf = ({ data }: Raster) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength)

/** How a picture's samples are seen, and what they become. */
function pictureForm(
  { width, height, channels, depth }: Raster,
  format: RotateFormat,
  turn: (view: StridedView) => StridedView,
): { view: StridedView; as: PieceForm } {
  const view = turn(viewOf([height, width, channels], 'C'))
  if (format !== 'npy' && format !== 'json') return { view, as: { kind: 'elements' } }
  const shape = channels === 1 ? view.shape.slice(0, 2) : view.shape
  return { view, as: { kind: format, shape, dtype: depth === 16 ? '<u2' : '|u1' } }
}

function rasterOf(
  { channels, depth }: DecodedRaster,
  [height = 0, width = 0]: readonly number[],
  { buffer, byteOffset, byteLength }: Uint8Array,
): Raster {
  const data =
    depth === 16
      ? new Uint16Array(buffer, byteOffset, byteLength / 2)
      : new Uint8Array(buffer, byteOffset, byteLength)
  return { width, height, channels, depth, data }
}

/** All in one job: they are in memory already, and only moved. */
async function rotateArrays(
  { request, place, format }: Rotating,
  arrays: readonly ArrayInput[],
  turn: Turn,
): Promise<RotatedFile[]> {
  const kind = format === 'json' ? 'json' : 'npy'
  let sample = 0
  const named = arrays.flatMap((array, i) => {
    const views = viewsOf(array).map((view) => turn(view, sample++))
    const name = arrays.length === 1 ? '' : `${i}-`
    return together(array, views).map(({ suffix, views, shape }) => ({
      name: `array-${name}${suffix}`.replace(/-$/, '').concat(`.${kind}`),
      views,
      array,
      shape,
    }))
  })
  const { result, queueMs } = await place.rotate({
    kind: 'rotate',
    pieces: named.map(({ array: { file }, views, shape }) => ({
      source: file.data,
      elementBytes: file.elementBytes,
      views,
      as: { kind, shape, dtype: file.dtype },
    })),
  })
  request.timings.addAll({ queue: queueMs, ...result.timings })
  return named.map(({ name }, i) => ({ name, bytes: result.pieces[i] ?? new Uint8Array() }))
}

/** An array's samples, each with all axes: the batch axis has one element. */
function viewsOf({ file, layout, count }: ArrayInput): StridedView[] {
  const whole = viewOf(file.shape, file.order)
  if (!isBatch(layout)) return [whole]
  const shape = [1, ...whole.shape.slice(1)]
  return Array.from({ length: count }, (_, i) => ({
    offset: i * (whole.strides[0] ?? 0),
    shape,
    strides: whole.strides,
  }))
}

/** The samples of an array as one array again, or, where they have no longer one shape, each as one of its own. */
function together({ file, count }: ArrayInput, views: readonly StridedView[]) {
  const [first] = views
  if (!first) return [{ suffix: '', views, shape: file.shape }]
  const isOne = views.every(({ shape }) => `${shape}` === `${first.shape}`)
  if (!isOne) return views.map((view, i) => ({ suffix: `sample-${i}`, views: [view], shape: view.shape }))
  const shape = views.length === 1 && count === 1 ? first.shape : [count, ...first.shape.slice(1)]
  return [{ suffix: '', views, shape }]
}
