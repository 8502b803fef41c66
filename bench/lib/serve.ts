import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import * as z from 'zod'
import { type Loaded, type LoadOrder, type Measure, type Measured, measureNames } from './protocol.ts'

/** A loaded net: each measure that this contender has runs once and brings its numbers. */
export type Measures = { readonly [M in Measure]?: () => Promise<ArrayLike<number>> }

const orderSchema = z.union([
  z.object({ net: z.string(), file: z.string(), input: z.string(), target: z.int() }),
  z.object({ measure: z.enum(measureNames), warm: z.int(), runs: z.int() }),
])

/** The contender's side of the protocol, until its standard input ends. */
export async function serve(load: (order: LoadOrder) => Promise<Measures>): Promise<void> {
  let measures: Measures = {}
  for await (const line of createInterface({ input: process.stdin })) {
    const order = orderSchema.parse(JSON.parse(line))
    try {
      if ('net' in order) {
        measures = await load(order)
        answer({ measures: measureNames.filter((name) => measures[name]) })
      } else answer(await measure(measures[order.measure], order))
    } catch (error) {
      answer({ error: error instanceof Error ? error.message : String(error) })
    }
  }
}

const answer = (message: Loaded | Measured | { readonly error: string }): void => {
  process.stdout.write(`${JSON.stringify(message)}\n`)
}

async function measure(
  run: Measures[Measure],
  { warm, runs }: { readonly warm: number; readonly runs: number },
): Promise<Measured> {
  if (!run) throw new Error('this contender does not have that measure')
  for (let i = 0; i < warm; i++) await run()
  const ms: number[] = []
  let numbers: ArrayLike<number> = []
  for (let i = 0; i < runs; i++) {
    const start = performance.now()
    numbers = await run()
    ms.push(performance.now() - start)
  }
  return { ms, size: Array.from(numbers).reduce((sum, v) => sum + Math.abs(v), 0) }
}

export const readFloats = (file: string): Float32Array =>
  new Float32Array(new Uint8Array(readFileSync(file)).buffer)
