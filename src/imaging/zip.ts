import { type Zippable, zipSync } from 'fflate'

/** One file of an archive. */
export interface ZipEntry {
  /** a plain file name: letters, digits, `.`, `_`, `-`; not digits alone, which objects would put first */
  readonly name: string
  readonly bytes: Uint8Array
}

/** ZIP keeps local time without a zone; the earliest date it knows, so that the same files give the same bytes. */
const mtime = new Date(1980, 0, 1)

/** Files as a zip, stored without compression: pictures are compressed already. Throws `RangeError` for names it cannot hold. */
export function zipFiles(entries: readonly ZipEntry[]): Buffer {
  const files: Zippable = Object.create(null)
  for (const { name, bytes } of entries) {
    if (!/^(?!\d+$)[\w-][\w.-]{0,199}$/.test(name) || Object.hasOwn(files, name))
      throw new RangeError(
        `expected a plain name of its own for a file in the zip, got ${JSON.stringify(name)}`,
      )
    files[name] = [bytes, { level: 0, mtime }]
  }
  const zip = zipSync(files)
  return Buffer.from(zip.buffer, zip.byteOffset, zip.byteLength)
}
