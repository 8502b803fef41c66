import { type FileHandle, open } from 'node:fs/promises'
import { deserialize, serialize } from 'node:v8'
import { z } from 'zod'
import { type Precision, precisionOf, sharedNumbersOf } from './data.ts'
import { replaceFile } from './files.ts'

type Numbers = Float32Array | Float64Array

/** What a file of arrays holds: facts, and the numbers they are about. */
export interface ArrayFile {
  readonly facts: unknown
  readonly arrays: readonly Numbers[]
}

/** Of the length of the header, which stands first. */
const LENGTH_BYTES = 4

const BYTES: Readonly<Record<Precision, number>> = { float32: 4, float64: 8 }
const headerSchema = z.object({
  facts: z.unknown(),
  arrays: z.array(z.object({ precision: z.enum(['float32', 'float64']), length: z.int().min(0) })),
})
type Header = z.output<typeof headerSchema>

/** Writes facts that V8 can clone, and then the arrays as they lie in memory: no copy is made of them, however large. */
export async function writeArrays(path: string, { facts, arrays }: ArrayFile): Promise<void> {
  const header: Header = { facts, arrays: arrays.map(shapeOf) }
  const bytes = serialize(header)
  const length = Buffer.alloc(LENGTH_BYTES)
  length.writeUInt32LE(bytes.length)
  await replaceFile(path, [length, bytes, ...arrays.map(bytesOf)])
}

/** The facts alone. Rejects for a file that is cut off. */
export const readFacts = (path: string): Promise<unknown> =>
  withHeader(path, async ({ header }) => header.facts)

/** Facts and arrays, these in memory that threads share. Rejects for a file that is cut off. */
export const readArrays = (path: string): Promise<ArrayFile> =>
  withHeader(path, async ({ header: { facts, arrays: shapes }, file, end }) => {
    const arrays: Numbers[] = []
    let at = end
    for (const { precision, length } of shapes) {
      const array = sharedNumbersOf(precision, length)
      await fill(bytesOf(array), file, at)
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
  const file = await open(path, 'r')
  try {
    const { size } = await file.stat()
    const length = Buffer.alloc(LENGTH_BYTES)
    await fill(length, file, 0)
    const end = LENGTH_BYTES + length.readUInt32LE()
    if (end > size) throw cutOff()
    const bytes = Buffer.alloc(end - LENGTH_BYTES)
    await fill(bytes, file, LENGTH_BYTES)
    const header = headerSchema.parse(deserialize(bytes))
    const numbers = header.arrays.reduce((sum, { precision, length }) => sum + length * BYTES[precision], 0)
    if (end + numbers !== size) throw cutOff()
    return await use({ file, header, end })
  } finally {
    await file.close()
  }
}

/** Reads as many bytes as there is room for: a single read may bring fewer. */
async function fill(bytes: Uint8Array, file: FileHandle, position: number): Promise<void> {
  for (let at = 0; at < bytes.length; ) {
    const { bytesRead } = await file.read(bytes, at, bytes.length - at, position + at)
    if (bytesRead === 0) throw cutOff()
    at += bytesRead
  }
}

const cutOff = (): Error => new Error('the file is cut off or damaged')

const shapeOf = (array: Numbers): Header['arrays'][number] => ({
  precision: precisionOf(array),
  length: array.length,
})

const bytesOf = ({ buffer, byteOffset, byteLength }: Numbers): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength)
