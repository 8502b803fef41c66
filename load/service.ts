import { type ChildProcess, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

const START_LIMIT_MS = 60_000

/** As npm start sets them. */
const malloc = {
  MALLOC_ARENA_MAX: '2',
  MALLOC_MMAP_THRESHOLD_: '131072',
  MALLOC_TRIM_THRESHOLD_: '131072',
}

interface Started {
  readonly origin: string
  readonly child: ChildProcess
  /** milliseconds from the process's start until it listened, and until the model was loaded too */
  readonly listeningMs: number
  readonly readyMs: number
}

/** The service in a process of its own, on a free port, ready. It is killed with this process. */
export async function startService(
  model: string,
  { pollMs = 100, settings = {} }: { readonly pollMs?: number; readonly settings?: NodeJS.ProcessEnv } = {},
): Promise<Started> {
  const entry = fileURLToPath(new URL('../src/server.ts', import.meta.url))
  const env = { ...process.env, ...malloc, PORT: '0', LOG_LEVEL: 'info', PRELOAD: model, ...settings }
  const started = performance.now()
  const child = spawn(process.execPath, ['--max-semi-space-size=8', entry], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  process.once('exit', () => child.kill('SIGKILL'))
  let output = ''
  child.stdout.on('data', (data: Buffer) => {
    if (output.length < 100_000) output += data
  })
  let listeningMs: number | undefined
  while (performance.now() - started < START_LIMIT_MS && child.exitCode === null) {
    const origin = /listening at (http:\/\/[\d.]+:\d+)/.exec(output)?.[1]
    if (origin !== undefined) {
      listeningMs ??= performance.now() - started
      if (await isReady(origin)) return { origin, child, listeningMs, readyMs: performance.now() - started }
    }
    await wait(pollMs)
  }
  throw new Error(`the service did not start:\n${output}`)
}

const isReady = async (origin: string): Promise<boolean> => {
  try {
    return (await fetch(`${origin}/readyz`)).ok
  } catch {
    return false
  }
}

/** Resident memory of a process, in MB, twice a second. */
export class MemoryWatch {
  readonly #megabytes: number[] = []
  readonly #timer: NodeJS.Timeout

  constructor({ pid = 0 }: ChildProcess) {
    this.#timer = setInterval(() => this.#megabytes.push(residentMegabytes(pid)), 500)
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  /** Ten samples over the run, and the highest. */
  report(): string {
    const all = this.#megabytes
    const samples = Array.from({ length: 10 }, (_, i) => all[Math.floor((i * (all.length - 1)) / 9)])
    return `resident memory, MB: ${samples.join(' ')}; highest ${Math.max(...all)}`
  }
}

/** Linux only; 0 elsewhere. */
export const residentMegabytes = (pid: number): number => {
  if (process.platform !== 'linux') return 0
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  return Math.round(Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? 0) / 1024)
}
