import type { ChildProcess } from 'node:child_process'
import { readFileSync } from 'node:fs'

const INTERVAL_MS = 500
/** Fewer samples have no quarters to compare. */
const FEWEST_SAMPLES = 8
/** The last quarter of a run may hold so many times what the second one held: the first is the warm-up. */
const LEVEL = 1.1

/** Resident memory of a process, in MB, twice a second until it ends. Linux only. */
export class MemoryWatch {
  readonly megabytes: number[] = []
  readonly #timer: NodeJS.Timeout

  constructor(child: ChildProcess) {
    this.#timer = setInterval(() => this.megabytes.push(residentMegabytes(child.pid ?? 0)), INTERVAL_MS)
    child.once('exit', () => this.stop())
  }

  stop(): void {
    clearInterval(this.#timer)
  }
}

/** Resident memory of a process, in MB. Linux only; 0 elsewhere. */
export const residentMegabytes = (pid: number): number => {
  if (process.platform !== 'linux') return 0
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  return Math.round(Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? 0) / 1024)
}

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0

/** Ten samples over the run, and the highest. */
export function memoryReport(megabytes: readonly number[]): string {
  const samples = Array.from(
    { length: 10 },
    (_, i) => megabytes[Math.floor((i * (megabytes.length - 1)) / 9)],
  )
  return `resident memory, MB: ${samples.join(' ')}; highest ${Math.max(...megabytes)}`
}

/** What is wrong with the memory of a run: it still grows after the warm-up, or it exceeds the limit. */
export function memoryFaults(
  megabytes: readonly number[],
  limit = Number.POSITIVE_INFINITY,
): readonly string[] {
  const faults: string[] = []
  const highest = Math.max(...megabytes)
  if (highest > limit) faults.push(`resident memory reached ${highest} MB, the limit is ${limit} MB`)
  if (megabytes.length < FEWEST_SAMPLES)
    return [...faults, `the run was too short to tell whether memory is level: raise --amount`]
  const quarter = (k: number) =>
    median(megabytes.slice((k * megabytes.length) / 4, ((k + 1) * megabytes.length) / 4))
  const [before, after] = [quarter(1), quarter(3)]
  if (after > LEVEL * before)
    faults.push(`resident memory is not level: ${before} MB in the second quarter, ${after} MB in the last`)
  return faults
}
