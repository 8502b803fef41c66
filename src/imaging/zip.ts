import { crc32 } from 'node:zlib'

/** One file of an archive. */
export interface ZipEntry {
  /** a plain file name: letters, digits, `.`, `_`, `-`; not digits alone */
  readonly name: string
  readonly bytes: Uint8Array
}

/** 1 January 1980, the earliest date that zip knows, so that the same files give the same bytes. */
const DOS_DATE = (1 << 5) | 1
/** 2.0, the version that stored files need */
const VERSION = 20

/**
 * Files as a zip (APPNOTE 6.3.10), stored without compression: pictures are compressed already. The parts of the archive
 * in order, the files' own bytes among them, so that large ones are not copied. Throws `RangeError` for names it cannot
 * hold.
 */
export function zipParts(entries: readonly ZipEntry[]): readonly Uint8Array[] {
  checkNames(entries)
  const parts: Uint8Array[] = []
  const directory: Buffer[] = []
  let at = 0
  for (const { name, bytes } of entries) {
    const facts = factsOf(name, bytes)
    const head = Buffer.concat([signature(0x04034b50), facts, Buffer.from(name)])
    directory.push(Buffer.concat([signature(0x02014b50, VERSION), facts, place(at), Buffer.from(name)]))
    parts.push(head, bytes)
    at += head.length + bytes.length
  }
  const central = Buffer.concat(directory)
  return [...parts, central, end(entries.length, central.length, at)]
}

/** The same in one piece. */
export const zipFiles = (entries: readonly ZipEntry[]): Buffer => Buffer.concat(zipParts(entries))

function checkNames(entries: readonly ZipEntry[]): void {
  const names = entries.map(({ name }) => name)
  const bad = names.find((name, i) => !/^(?!\d+$)[\w-][\w.-]{0,199}$/.test(name) || names.indexOf(name) !== i)
  if (bad !== undefined)
    throw new RangeError(`expected a plain name of its own for a file in the zip, got ${JSON.stringify(bad)}`)
}

function signature(value: number, madeBy?: number): Buffer {
  const bytes = Buffer.alloc(madeBy === undefined ? 4 : 6)
  bytes.writeUInt32LE(value)
  if (madeBy !== undefined) bytes.writeUInt16LE(madeBy, 4)
  return bytes
}

/** What the head of a file and its entry in the directory have in common: everything from version to extra field. */
function factsOf(name: string, bytes: Uint8Array): Buffer {
  const facts = Buffer.alloc(26)
  facts.writeUInt16LE(VERSION)
  // no flags, stored, at midnight
  facts.writeUInt16LE(DOS_DATE, 8)
  facts.writeUInt32LE(crc32(bytes), 10)
  facts.writeUInt32LE(bytes.length, 14)
  facts.writeUInt32LE(bytes.length, 18)
  facts.writeUInt16LE(Buffer.byteLength(name), 22)
  return facts
}

/** The end of an entry in the directory: no comment, no attributes, and where the file begins. */
function place(at: number): Buffer {
  const bytes = Buffer.alloc(14)
  bytes.writeUInt32LE(at, 10)
  return bytes
}

function end(count: number, directoryLength: number, directoryAt: number): Buffer {
  const bytes = Buffer.alloc(22)
  bytes.writeUInt32LE(0x06054b50)
  bytes.writeUInt16LE(count, 8)
  bytes.writeUInt16LE(count, 10)
  bytes.writeUInt32LE(directoryLength, 12)
  bytes.writeUInt32LE(directoryAt, 16)
  return bytes
}
