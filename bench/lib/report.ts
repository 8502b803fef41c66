import { mkdirSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

const folder = fileURLToPath(new URL('../../build/', import.meta.url))

/** Writes what was measured as JSON into build/; answers the file's path as people type it. */
export function writeReport(name: string, data: object): string {
  mkdirSync(folder, { recursive: true })
  const file = join(folder, `${name}.json`)
  writeFileSync(file, `${JSON.stringify(data, undefined, 2)}\n`)
  return relative(process.cwd(), file)
}
