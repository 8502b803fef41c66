import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import type { z } from 'zod'
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

/** A library in a process of its own, that sleeps between its turns. The process ends with this one. */
export class Contender {
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>
  readonly #lines: AsyncIterator<string>
  readonly #limitMs: number
  #complaints = ''

  /** An order that takes longer than `limitMs` ends the process. */
  constructor(command: string, args: readonly string[], limitMs: number) {
    this.#child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'] })
    this.#limitMs = limitMs
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]()
    this.#child.stderr.on('data', (data) => {
      this.#complaints = `${this.#complaints}${data}`.slice(-4000)
    })
    // a process that has died says so by the end of its output
    this.#child.stdin.on('error', () => {})
    this.#child.on('error', (error) => {
      this.#complaints = error.message
    })
    process.once('exit', () => this.#child.kill('SIGKILL'))
  }

  /** Throws with the contender's reason when it cannot load the net. */
  load(order: LoadOrder): Promise<Loaded> {
    return this.#ask(order, loadedSchema)
  }

  measure(order: MeasureOrder): Promise<Measured> {
    return this.#ask(order, measuredSchema)
  }

  close(): void {
    this.#child.kill('SIGKILL')
  }

  async #ask<T>(order: Order, schema: z.ZodType<T>): Promise<T> {
    this.#child.stdin.write(`${JSON.stringify(order)}\n`)
    let late = false
    const timer = setTimeout(() => {
      late = true
      this.close()
    }, this.#limitMs)
    const { value, done } = await this.#lines.next()
    clearTimeout(timer)
    if (late) throw new Error(`more than ${this.#limitMs / 1000} s`)
    if (done) throw new Error(this.#complaints.trimEnd().split('\n').at(-1) || 'its process ended')
    const answer: unknown = JSON.parse(value)
    const failed = failedSchema.safeParse(answer)
    if (failed.success) throw new Error(failed.data.error)
    return schema.parse(answer)
  }
}
