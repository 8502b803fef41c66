import { setImmediate } from 'node:timers/promises'
import { recordsAfter } from '../networks/history.ts'
import { isOver, type Job } from '../networks/job.ts'
import { oneByOne } from '../networks/one-by-one.ts'
import type { EpochRecord } from '../networks/records.ts'
import { jobSummary } from './job-answers.ts'

/** Tells a browser when to come again, in milliseconds. */
const RETRY_MS = 2000
/** Epochs that one listener is told before all others have their turn. */
const EPOCHS_AT_ONCE = 64
/** Proxies close what is silent for longer. */
const SILENCE_MS = 15_000

/**
 * A job as server-sent events. `epoch`: one that is done; `progress`: how far a longer one is; `end`: the job as it ended, and
 * nothing more. The id is the number of steps done: who comes again with it gets what came since. What is sent is read from
 * the job when the connection has room for it, so that a slow client holds nothing, and one that has gone a timer.
 */
export async function* jobEvents(job: Job, after: number): AsyncGenerator<string, void> {
  const { stepsPerEpoch } = job.facts
  yield `retry: ${RETRY_MS}\n\n`
  let told = after
  for (;;) {
    await othersTurn()
    const changed = job.changed()
    // who has heard of more comes from before an interruption that cost some steps: they come again
    told = Math.min(told, job.progress.step)
    for (;;) {
      const records = recordsAfter(job.history, Math.floor(told / stepsPerEpoch), EPOCHS_AT_ONCE)
      const last = records.at(-1)
      if (!last) break
      told = last.epoch * stepsPerEpoch
      yield records.map((record) => epochEvent(job, record)).join('')
      await othersTurn()
    }
    const summary = jobSummary(job)
    if (isOver(job.status)) return yield event('end', job.progress.step, summary)
    if (job.progress.step > told) {
      told = job.progress.step
      yield event('progress', told, summary)
    }
    if ((await nextOf(changed)) === 'silence') yield ': nothing new\n\n'
  }
}

function epochEvent(job: Job, record: EpochRecord): string {
  const step = record.epoch * job.facts.stepsPerEpoch
  const { steps, secondsLeft } = job
  const { epochs } = job.facts.spec
  const layers = job.diagnosticsOf(record.epoch)?.layers
  return event('epoch', step, { ...record, step, epochs, steps, secondsLeft, layers })
}

const event = (name: string, id: number, data: object): string =>
  `event: ${name}\nid: ${id}\ndata: ${JSON.stringify(data)}\n\n`

/** Listeners write one after the other, and between two of them whatever else there is to do: many do not hold up the service. */
const inTurn = oneByOne()
const othersTurn = (): Promise<void> => inTurn(() => setImmediate())

/** What comes first: a change, or too long a silence. */
async function nextOf(changed: Promise<void>): Promise<'change' | 'silence'> {
  const { promise, resolve } = Promise.withResolvers<'change' | 'silence'>()
  const timer = setTimeout(() => resolve('silence'), SILENCE_MS)
  changed.then(() => resolve('change'))
  return promise.finally(() => clearTimeout(timer))
}
