import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import type * as z from 'zod'
import {
  failedSchema,
  type Loaded,
  type LoadOrder,
  loadedSchema,
  type Measured,
  type MeasureOrder,
  measuredSchema,
  type Order,
} from './protocol.ts'

interface Running {
  readonly child: ChildProcessByStdio<Writable, Readable, Readable>
  readonly lines: AsyncIterator<string>
  /** the end of its standard error */
  complaints: string
}

/** A library in a process of its own, that sleeps between its turns. The process ends with this one. */
export class Contender {
  readonly #start: () => Running
  readonly #limitMs: number
  #running: Running

  /** An order that takes longer than `limitMs` ends the process. */
  constructor(command: string, args: readonly string[], limitMs: number) {
    this.#start = () => spawned(command, args)
    this.#limitMs = limitMs
    this.#running = this.#start()
    process.once('exit', () => this.close())
  }

  /** Throws with the contender's reason when it cannot load the net. */
  load(order: LoadOrder): Promise<Loaded> {
    const { exitCode, signalCode } = this.#running.child
    if (exitCode !== null || signalCode !== null) this.#running = this.#start()
    return this.#ask(order, loadedSchema)
  }

  measure(order: MeasureOrder): Promise<Measured> {
    return this.#ask(order, measuredSchema)
  }

  close(): void {
    this.#running.child.kill('SIGKILL')
  }

  async #ask<T>(order: Order, schema: z.ZodType<T>): Promise<T> {
    const running = this.#running
    running.child.stdin.write(`${JSON.stringify(order)}\n`)
    let late = false
    const timer = setTimeout(() => {
      late = true
      this.close()
    }, this.#limitMs)
    const { value, done } = await running.lines.next()
    clearTimeout(timer)
    if (late) throw new Error(`more than ${this.#limitMs / 1000} s`)
    if (done) throw new Error(running.complaints.trimEnd().split('\n').at(-1) || 'its process ended')
    const answer: unknown = JSON.parse(value)
    const failed = failedSchema.safeParse(answer)
    if (failed.success) throw new Error(failed.data.error)
    return schema.parse(answer)
  }
}

function spawned(command: string, args: readonly string[]): Running {
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'] })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const running: Running = { child, lines, complaints: '' }
  child.stderr.on('data', (data) => {
    running.complaints = `${running.complaints}${data}`.slice(-4000)
  })
  child.on('error', (error) => {
    running.complaints = error.message
  })
  // that a process has died shows by the end of its output
  child.stdin.on('error', () => {})
  return running
}
