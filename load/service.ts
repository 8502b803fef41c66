import { type ChildProcess, spawn } from 'node:child_process'
import { delimiter } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import pkg from '../package.json' with { type: 'json' }

const root = fileURLToPath(new URL('..', import.meta.url))
const binaries = fileURLToPath(new URL('../node_modules/.bin', import.meta.url))

/**
 * The service as `npm start` starts it, in a process of its own, on a free port, ready. The command ends in an `exec`, so
 * the child is the service itself. It is killed with this process.
 */
export async function startService(model: string): Promise<{ origin: string; child: ChildProcess }> {
  const PATH = [binaries, process.env.PATH].join(delimiter)
  const child = spawn('sh', ['-c', pkg.scripts.start], {
    cwd: root,
    env: { ...process.env, PATH, PORT: '0', LOG_LEVEL: 'info', PRELOAD: model },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  process.once('exit', () => child.kill('SIGKILL'))
  let output = ''
  child.stdout.on('data', (data: Buffer) => {
    if (output.length < 100_000) output += data
  })
  for (let tries = 0; tries < 600 && child.exitCode === null; tries++) {
    const origin = /listening at (http:\/\/[\d.]+:\d+)/.exec(output)?.[1]
    if (origin !== undefined && (await fetch(`${origin}/readyz`)).ok) return { origin, child }
    await wait(100)
  }
  throw new Error(`the service did not start:\n${output}`)
}
