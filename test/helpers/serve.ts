import { setTimeout as wait } from 'node:timers/promises'
import { serve } from '../../src/serve.ts'
import { fakeEngine } from './fake-engine.ts'

/** The process entry over an engine that computes nothing and takes FAKE_WORK_MS for it. */
const workMs = Number(process.env.FAKE_WORK_MS ?? 0)
await serve(async () => {
  if (process.env.FAKE_START_FAILS)
    throw new Error('efficientnet-lite0/model.json: field "input.width": expected a number')
  if (process.env.FAKE_START_MS) {
    console.log('creating the engine')
    await wait(Number(process.env.FAKE_START_MS))
  }
  return fakeEngine({ work: (signal) => wait(workMs, undefined, { signal }) })
})
