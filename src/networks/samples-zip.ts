import { buffer } from 'node:stream/consumers'
import { type Entry, fromBufferPromise, type ZipFile } from 'yauzl'
import { sizeOf } from '../core/ir/shape.ts'
import { decodeImage } from '../imaging/decode.ts'
import { ImagingError } from '../imaging/errors.ts'
import { type InputSpec, preprocess } from '../imaging/preprocess.ts'
import { NetworkError } from './errors.ts'
import { labelled } from './labelled.ts'
import { checkLimits, MOST_IMAGES, type RawSamples } from './samples.ts'

export interface ZipOptions {
  /** (channels, rows, columns) that pictures are brought to */
  readonly inputShape: readonly number[]
  /** of one picture */
  readonly pixelLimit: number
  /** aborts the reading */
  readonly signal: AbortSignal
}

const NAME = 'data.images'
/** Bytes of one unpacked picture, and of all. */
export const MOST_IMAGE_BYTES = 20 << 20
export const MOST_UNPACKED_BYTES = 512 << 20

const bad = (message: string) => new NetworkError('bad-data', NAME, message)

/**
 * Samples from a zip of folders, one for each label: `cat/1.png`. Pictures are cropped to the middle, brought to the network's
 * size, and to numbers from 0 to 1. Throws NetworkError for what is no such archive, and for one that unpacks to more than the
 * limits, before it is unpacked.
 */
export async function samplesFromZip(bytes: Buffer, options: ZipOptions): Promise<RawSamples> {
  const spec = inputSpec(options.inputShape)
  const zip = await open(bytes)
  const files = await listed(zip)
  const size = sizeOf(options.inputShape)
  checkLimits(NAME, files.length, size)
  const data = new Float32Array(files.length * size)
  const labels: string[] = []
  for (const [i, { entry, label }] of files.entries()) {
    options.signal.throwIfAborted()
    data.set(await pixelsOf(zip, entry, spec, options.pixelLimit), i * size)
    labels.push(label)
  }
  return {
    names: { inputs: NAME, targets: NAME },
    inputs: { shape: [files.length, ...options.inputShape], data },
    targets: labelled(labels, NAME),
  }
}

/** How pictures meet a network that has no card yet. */
function inputSpec(shape: readonly number[]): InputSpec {
  const [channels = 0, height = 0, width = 0] = shape
  if (shape.length !== 3 || (channels !== 1 && channels !== 3))
    throw bad(`expected a network that takes pictures of 1 or 3 channels, got one that takes [${shape}]`)
  const all = (value: number) => new Array<number>(channels).fill(value)
  return {
    ...{ width, height, color: channels === 1 ? 'gray' : 'rgb', resize: 'bilinear', crop: 1 },
    ...{ mean: all(0), std: all(255) },
  }
}

async function open(bytes: Buffer): Promise<ZipFile> {
  return fromBufferPromise(bytes, { strictFileNames: true }).catch(refuse)
}

/** The library speaks of what is wrong with an archive in plain errors. */
function refuse(error: unknown): never {
  throw bad(
    `expected a zip of folders with pictures: ${error instanceof Error ? error.message.slice(0, 200) : 'it cannot be read'}`,
  )
}

interface Listed {
  readonly entry: Entry
  readonly label: string
}

/** The pictures' entries, in the order of the archive. Names that climb out of the archive are refused by the library. */
async function listed(zip: ZipFile): Promise<readonly Listed[]> {
  const files: Listed[] = []
  let total = 0
  for await (const entry of entriesOf(zip)) {
    const { fileName, uncompressedSize } = entry
    const parts = fileName.split('/')
    if (fileName.endsWith('/') || parts.some((part) => part.startsWith('.') || part === '__MACOSX')) continue
    const label = parts.at(-2)
    const shown = JSON.stringify(fileName.slice(0, 100))
    if (label === undefined) throw bad(`expected each picture in a folder that is its label, got ${shown}`)
    if (entry.isEncrypted()) throw bad(`expected files without a password, got ${shown}`)
    total += uncompressedSize
    files.push({ entry, label })
    if (files.length > MOST_IMAGES) throw bad(`expected at most ${MOST_IMAGES} pictures, got more`)
    if (uncompressedSize > MOST_IMAGE_BYTES)
      throw bad(
        `expected at most ${MOST_IMAGE_BYTES} bytes of each unpacked picture, got ${uncompressedSize} of ${shown}`,
      )
    if (total > MOST_UNPACKED_BYTES)
      throw bad(`expected at most ${MOST_UNPACKED_BYTES} bytes when unpacked, got more`)
  }
  if (files.length === 0) throw bad('expected folders with pictures, got none')
  return files
}

async function* entriesOf(zip: ZipFile): AsyncGenerator<Entry, void> {
  try {
    yield* zip.eachEntry()
  } catch (error) {
    if (error instanceof NetworkError) throw error
    refuse(error)
  }
}

/** Unpacked bytes are counted against the size that was announced; the library stops where there are more. */
async function pixelsOf(
  zip: ZipFile,
  entry: Entry,
  spec: InputSpec,
  pixelLimit: number,
): Promise<ArrayLike<number>> {
  const bytes = await zip.openReadStreamPromise(entry).then(buffer).catch(refuse)
  try {
    const { input } = await preprocess(await decodeImage(bytes, { pixelLimit }), spec)
    return input.data
  } catch (error) {
    if (!(error instanceof ImagingError)) throw error
    throw bad(`${JSON.stringify(entry.fileName.slice(0, 100))}: ${error.message}`)
  }
}
