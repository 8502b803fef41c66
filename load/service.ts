import { type ChildProcess, spawn } from 'node:child_process'
import { delimiter } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import pkg from '../package.json' with { type: 'json' }
import { bundle, serviceFolder } from '../src/bundle.ts'

const START_LIMIT_MS = 60_000
/** As the sources are now, once for this process. */
let bundled: Promise<void> | undefined
const root = fileURLToPath(new URL('..', import.meta.url))
const binaries = fileURLToPath(new URL('../node_modules/.bin', import.meta.url))
/** What `npm start` runs in the end, with its settings for malloc. It is an `exec`: the child is the service itself. */
const command = pkg.scripts.start.split('&&').at(-1) ?? ''

interface Started {
  readonly origin: string
  readonly child: ChildProcess
  /** milliseconds from the process's start until it listened, and until the model was loaded too */
  readonly listeningMs: number
  readonly readyMs: number
}

/** The service as `npm start` runs it, in a process of its own, on a free port, ready. It is killed with this process. */
export async function startService(
  model: string,
  { pollMs = 100, settings = {} }: { readonly pollMs?: number; readonly settings?: NodeJS.ProcessEnv } = {},
): Promise<Started> {
  bundled ??= bundle(serviceFolder)
  await bundled
  const PATH = [binaries, process.env.PATH].join(delimiter)
  const env = { ...process.env, PATH, PORT: '0', LOG_LEVEL: 'info', PRELOAD: model, ...settings }
  const started = performance.now()
  const child = spawn('sh', ['-c', command], { cwd: root, env, stdio: ['ignore', 'pipe', 'inherit'] })
  const kill = () => child.kill('SIGKILL')
  process.once('exit', kill)
  child.once('exit', () => process.off('exit', kill))
  let output = ''
  child.stdout.on('data', (data: Buffer) => {
    if (output.length < 100_000) output += data
  })
  let listeningMs: number | undefined
  while (performance.now() - started < START_LIMIT_MS && child.exitCode === null) {
    const origin = /listening at (http:\/\/[\d.]+:\d+)/.exec(output)?.[1]
    if (origin !== undefined) {
      listeningMs ??= performance.now() - started
      const { ok } = await fetch(`${origin}/readyz`)
      if (ok) return { origin, child, listeningMs, readyMs: performance.now() - started }
    }
    await wait(pollMs)
  }
  throw new Error(`the service did not start:\n${output}`)
}
