import { execFile } from 'node:child_process'
import { copyFileSync, existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const run = promisify(execFile)
const requirements = fileURLToPath(new URL('../peers/requirements.txt', import.meta.url))
const venv = fileURLToPath(new URL('../../.nets/.venv', import.meta.url))

/** The path of one of the Python scripts beside the peers. */
export const script = (name: string): string => fileURLToPath(new URL(`../peers/${name}`, import.meta.url))

/**
 * A Python with the packages of requirements.txt: the one that $PYTHON names, or that of a virtual environment in .nets/,
 * made here when there is none yet for these requirements.
 */
export async function python(): Promise<string> {
  const given = process.env.PYTHON
  if (given) return given
  const own = join(venv, 'bin/python')
  const installed = join(venv, 'requirements.txt')
  if (existsSync(installed) && readFileSync(installed, 'utf8') === readFileSync(requirements, 'utf8'))
    return own
  console.error('making a virtual environment with PyTorch and Captum in .nets/.venv: some gigabytes, once')
  rmSync(venv, { recursive: true, force: true })
  await run('python3', ['-m', 'venv', venv])
  await run(own, ['-m', 'pip', 'install', '--quiet', '--requirement', requirements], { maxBuffer: 2 ** 26 })
  // last: an installation that was cut off is begun anew
  copyFileSync(requirements, installed)
  return own
}

/** Runs one of the scripts to its end. */
export async function runScript(name: string, args: readonly string[]): Promise<void> {
  await run(await python(), [script(name), ...args], { maxBuffer: 2 ** 26 })
}
