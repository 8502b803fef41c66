import type { FastifyRequest } from 'fastify'
import type { Sample } from '../augment/draws.ts'
import { isBatch, type Layout, layoutOf } from '../augment/layout.ts'
import { HttpError, invalidParameters } from '../errors.ts'
import { inspectImage } from '../imaging/inspect.ts'
import { type NpyFile, openNpy } from '../imaging/npy-file.ts'
import { refusalOf, together } from './inputs.ts'
import { tensorFormat } from './tensor-inputs.ts'
import type { Upload } from './uploads.ts'

/** Pictures, each a sample, looked at but not decoded; or arrays, each of one sample or of a batch. Never mixed. */
export type RotationInputs =
  | { readonly kind: 'pictures'; readonly uploads: readonly Upload[]; readonly samples: readonly Sample[] }
  | { readonly kind: 'arrays'; readonly arrays: readonly ArrayInput[]; readonly samples: readonly Sample[] }

/** An array as it lies in its file. */
export interface ArrayInput {
  readonly file: NpyFile
  /** the memory of the file, where it is nobody else's */
  readonly memory: ArrayBuffer | undefined
  readonly layout: Layout
  /** how many samples it holds */
  readonly count: number
}

/** Most samples of one request. */
export const MAX_SAMPLES = 1024

/** What uploads hold, by their first bytes. Throws HttpError naming all that cannot be used, TensorError, AugmentError. */
export async function rotationInputs(
  request: FastifyRequest,
  uploads: readonly Upload[],
  layout: Layout | undefined,
): Promise<RotationInputs> {
  const formats = uploads.map(tensorFormat)
  if (formats.includes('json'))
    throw new HttpError(
      'unsupported-media-type',
      'expected pictures, or arrays as application/x-npy, got application/json',
    )
  if (formats.includes('npy') && formats.includes(undefined)) throw mixed(uploads)
  if (formats.includes('npy')) return arrayInputs(request, uploads, layout)
  if (layout !== undefined)
    throw invalidParameters([
      { parameter: 'layout', message: 'a picture has rows, columns and channels: layout is for arrays' },
    ])
  return { kind: 'pictures', uploads, samples: await pictureSamples(request, uploads) }
}

const mixed = (uploads: readonly Upload[]) =>
  invalidParameters([
    {
      parameter: uploads.find((upload) => tensorFormat(upload) === 'npy')?.name ?? 'image',
      message: 'expected pictures alone, or arrays alone, got both',
    },
  ])

async function pictureSamples(request: FastifyRequest, uploads: readonly Upload[]): Promise<Sample[]> {
  const { pixelLimit } = request.server.config
  const samples = await eachOf(request, uploads, async ({ bytes }): Promise<Sample> => {
    const { upright, space, hasAlpha } = await inspectImage(bytes, { pixelLimit })
    const channels = (space === 'b-w' || space === 'grey16' ? 1 : 3) + (hasAlpha ? 1 : 0)
    return { shape: [upright.height, upright.width, channels], layout: 'HWC' }
  })
  return samples
}

async function arrayInputs(
  request: FastifyRequest,
  uploads: readonly Upload[],
  asked: Layout | undefined,
): Promise<RotationInputs> {
  const arrays = await eachOf(request, uploads, ({ bytes }): ArrayInput => {
    const file = openNpy(bytes)
    const layout = layoutOf(file.shape, asked)
    return { file, memory: memoryOf(bytes), layout, count: isBatch(layout) ? (file.shape[0] ?? 0) : 1 }
  })
  const total = arrays.reduce((sum, { count }) => sum + count, 0)
  if (total > MAX_SAMPLES)
    throw invalidParameters([
      { parameter: 'image', message: `expected at most ${MAX_SAMPLES} samples, got ${total}` },
    ])
  const samples = arrays.flatMap(({ file, layout, count }) =>
    new Array<Sample>(count).fill({ shape: file.shape, layout }),
  )
  return { kind: 'arrays', arrays, samples }
}

/** What `read` makes of each upload; one HttpError names all that it refuses. */
async function eachOf<T>(
  request: FastifyRequest,
  uploads: readonly Upload[],
  read: (upload: Upload) => T | Promise<T>,
): Promise<T[]> {
  const done: T[] = []
  const refusals: HttpError[] = []
  for (const upload of uploads) {
    request.cancelled.throwIfAborted()
    try {
      done.push(await request.timings.measure('decode', () => read(upload)))
    } catch (error) {
      refusals.push(refusalOf(upload.name, error))
    }
  }
  if (refusals.length > 0) throw together(refusals)
  return done
}

/** The memory under some bytes, unless others lie in it too: short bodies share theirs. */
const memoryOf = ({ buffer, byteLength }: Uint8Array): ArrayBuffer | undefined =>
  buffer instanceof ArrayBuffer && buffer.byteLength === byteLength ? buffer : undefined
