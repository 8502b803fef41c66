import { execFile } from 'node:child_process'
import { copyFileSync, existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const run = promisify(execFile)
/** What a Python is to have: a list beside the peers, and the folder in .nets/ for it. */
interface Packages {
  readonly requirements: string
  readonly folder: string
  /** for people who wait */
  readonly what: string
}

const networkPackages: Packages = {
  requirements: 'requirements.txt',
  folder: '.venv',
  what: 'PyTorch and Captum: some gigabytes',
}
export const filterPackages: Packages = {
  requirements: 'requirements-filters.txt',
  folder: '.venv-filters',
  what: 'OpenCV and SciPy',
}

/** The path of one of the Python scripts beside the peers. */
export const script = (name: string): string => fileURLToPath(new URL(`../peers/${name}`, import.meta.url))

/**
 * A Python with these packages: the one that $PYTHON names, or that of a virtual environment in .nets/, made here when there
 * is none yet for these requirements.
 */
export async function python(packages = networkPackages): Promise<string> {
  const given = process.env.PYTHON
  if (given) return given
  const requirements = script(packages.requirements)
  const venv = fileURLToPath(new URL(`../../.nets/${packages.folder}`, import.meta.url))
  const own = join(venv, 'bin/python')
  const installed = join(venv, 'requirements.txt')
  if (existsSync(installed) && readFileSync(installed, 'utf8') === readFileSync(requirements, 'utf8'))
    return own
  console.error(`making a virtual environment in .nets/${packages.folder} with ${packages.what}, once`)
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
