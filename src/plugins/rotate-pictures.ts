import type { PieceForm } from '../augment/job.ts'
import type { StridedView } from '../core/ir/shape.ts'
import { invalidParameters } from '../errors.ts'
import { contactSheet, type Thumbnail, thumbnailOf } from '../imaging/contact-sheet.ts'
import { viewOf } from '../imaging/copy-elements.ts'
import { type DecodedRaster, decodeRaster, encodeRaster, type Raster } from '../imaging/raster.ts'
import type { RotateFormat } from '../schemas/augment.ts'
import type { Rotated, RotatedFile, Rotating, Turn } from './rotating.ts'
import { ownMemory } from './share.ts'
import type { Upload } from './uploads.ts'

/** All pictures of an answer together where they are not compressed. */
const MAX_RAW_BYTES = 2 ** 28

/** One by one, so that only one of them is in memory. */
export async function rotatePictures(
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
    const pieces = [{ source, elementBytes, views: [view], as }]
    const { result, queueMs } = await place.rotate({ kind: 'rotate', pieces }, [source.buffer])
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
