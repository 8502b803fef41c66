import { execFile } from 'node:child_process'
import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const folder = fileURLToPath(new URL('../', import.meta.url))

/** The npm peers in bench/node_modules, as bench/package-lock.json has them; again only when that file has changed. */
export async function installPeers(): Promise<void> {
  const installed = join(folder, 'node_modules/.package-lock.json')
  const lock = join(folder, 'package-lock.json')
  if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(lock).mtimeMs) return
  console.error('installing the peers of bench/package.json')
  // onnxruntime-node brings its CPU library along: its script would only fetch those for other devices
  await promisify(execFile)('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: folder })
}
