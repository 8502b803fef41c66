import { open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'

/** One piece, or several that follow one another. They are written from where they lie, shared memory too. */
export type Bytes = string | Uint8Array | readonly Uint8Array[]

/** Writes a file, and resolves when it is on the disk. Its name is there for good only after `syncFolder`. */
export async function writeSynced(path: string, bytes: Bytes): Promise<void> {
  const file = await open(path, 'w')
  try {
    await file.writeFile(bytes)
    await file.sync()
  } finally {
    await file.close()
  }
}

/** Puts a file in place of the one before: whatever ends the process, one of them is there as a whole. */
export async function replaceFile(path: string, bytes: Bytes): Promise<void> {
  const draft = `${path}.new`
  try {
    await writeSynced(draft, bytes)
    await rename(draft, path)
  } catch (error) {
    // a full disk is not to stay so
    await rm(draft, { force: true })
    throw error
  }
  await syncFolder(dirname(path))
}

/** So that names of files survive a loss of power too. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}

/** For `catch`: what is not there is undefined, every other fault stays one. */
export function missing(error: unknown): undefined {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
  throw error
}
