import { type FileHandle, open } from 'node:fs/promises'
import { basename } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { deserialize, serialize } from 'node:v8'
import { crc32 } from 'node:zlib'
import * as z from 'zod'
import { type Precision, precisionOf, sharedNumbersOf } from './data.ts'
import { JobError } from './errors.ts'
import { missing, replaceFile } from './files.ts'

type Numbers = Float32Array | Float64Array

/** What a file of arrays holds: facts, and the numbers they are about. */
export interface ArrayFile {
  readonly facts: unknown
  readonly arrays: readonly Numbers[]
}

/** The header's length and its checksum, which stand first. */
const PREFIX_BYTES = 8
/** Bytes whose checksum is taken at once: others have their turn in between. */
const AT_ONCE = 1 << 22

const BYTES: Readonly<Record<Precision, number>> = { float32: 4, float64: 8 }
const headerSchema = z.object({
  facts: z.unknown(),
  arrays: z.array(
    z.object({ precision: z.enum(['float32', 'float64']), length: z.int().min(0), checksum: z.int() }),
  ),
})
type Header = z.output<typeof headerSchema>

/** Writes facts that V8 can clone, and then the arrays as they lie in memory: no copy is made of them, however large. */
export async function writeArrays(path: string, { facts, arrays }: ArrayFile): Promise<void> {
  const header: Header = { facts, arrays: await Array.fromAsync(arrays, described) }
  const bytes = serialize(header)
  const prefix = Buffer.alloc(PREFIX_BYTES)
  prefix.writeUInt32LE(bytes.length)
  prefix.writeUInt32LE(crc32(bytes), PREFIX_BYTES / 2)
  await replaceFile(path, [prefix, bytes, ...arrays.map(bytesOf)])
}

/** The facts alone. Rejects with JobError `damaged` for a file that is not as it was written, as far as they go. */
export const readFacts = (path: string): Promise<unknown> =>
  withHeader(path, async ({ header }) => header.facts)

/** Facts and arrays, these in memory that threads share. Rejects with JobError `damaged` for a file that is not as it was written. */
export const readArrays = (path: string): Promise<ArrayFile> =>
  withHeader(path, async ({ header: { facts, arrays: all }, file, end }) => {
    const arrays: Numbers[] = []
    let at = end
    for (const { precision, length, checksum } of all) {
      const array = sharedNumbersOf(precision, length)
      await fill(bytesOf(array), file, at)
      if ((await checksumOf(array)) !== checksum) throw new Damage()
      arrays.push(array)
      at += array.byteLength
    }
    return { facts, arrays }
  })

interface Opened {
  readonly file: FileHandle
  readonly header: Header
  /** where the header ends and the numbers begin */
  readonly end: number
}

async function withHeader<T>(path: string, use: (opened: Opened) => Promise<T>): Promise<T> {
  const file = await open(path, 'r').catch(missing)
  if (!file) throw damaged(path, 'is missing')
  try {
    const { size } = await file.stat()
    const prefix = Buffer.alloc(PREFIX_BYTES)
    await fill(prefix, file, 0)
    const end = PREFIX_BYTES + prefix.readUInt32LE()
    if (end > size) throw new Damage()
    const bytes = Buffer.alloc(end - PREFIX_BYTES)
    await fill(bytes, file, PREFIX_BYTES)
    if (crc32(bytes) !== prefix.readUInt32LE(PREFIX_BYTES / 2)) throw new Damage()
    const header = headerSchema.parse(deserialize(bytes))
    const numbers = header.arrays.reduce((sum, { precision, length }) => sum + length * BYTES[precision], 0)
    if (end + numbers !== size) throw new Damage()
    return await use({ file, header, end })
  } catch (error) {
    throw error instanceof Damage ? damaged(path, 'is cut off or damaged') : error
  } finally {
    await file.close()
  }
}

/** Reads as many bytes as there is room for: a single read may bring fewer. */
async function fill(bytes: Uint8Array, file: FileHandle, position: number): Promise<void> {
  for (let at = 0; at < bytes.length; ) {
    const { bytesRead } = await file.read(bytes, at, bytes.length - at, position + at)
    if (bytesRead === 0) throw new Damage()
    at += bytesRead
  }
}

/** What is read is not what was written. */
class Damage extends Error {}

const damaged = (path: string, fault: string): JobError =>
  new JobError('damaged', `the file ${basename(path)} of the job ${fault}`)

const described = async (array: Numbers): Promise<Header['arrays'][number]> => ({
  precision: precisionOf(array),
  length: array.length,
  checksum: await checksumOf(array),
})

async function checksumOf(array: Numbers): Promise<number> {
  const bytes = bytesOf(array)
  let checksum = 0
  for (let from = 0; from < bytes.length; from += AT_ONCE) {
    if (from > 0) await setImmediate()
    checksum = crc32(bytes.subarray(from, from + AT_ONCE), checksum)
  }
  return checksum
}

const bytesOf = ({ buffer, byteOffset, byteLength }: Numbers): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength)
