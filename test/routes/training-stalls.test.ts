import { monitorEventLoopDelay } from 'node:perf_hooks'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { FORM, form, part } from '../helpers/requests.ts'
import { type Service, startService, stopService } from '../helpers/service.ts'

let service: Service

beforeAll(async () => {
  service = await startService({ WORKERS: '1' })
}, 60_000)
afterAll(() => stopService(service))

/** Read on the main thread, this table held it up for two seconds; moving what comes of it takes a few milliseconds. */
const LONGEST_STALL_MS = 200

describe('a table of half a million rows', () => {
  it('is read while others are answered', async () => {
    const rows = Array.from({ length: 500_000 }, (_, i) => `${i % 7},${i % 64}\n`).join('')
    const training = JSON.stringify({
      model: { id: 'rows', input: [1], layers: [{ type: 'fullyConnected', units: 64 }] },
      loss: 'cross-entropy',
      validation: 0.2,
      epochs: 1,
      batchSize: 65_536,
    })
    const payload = form(
      part(training, 'content-disposition: form-data; name="training"'),
      part(rows, 'content-disposition: form-data; name="csv"; filename="a"'),
    )
    const delay = monitorEventLoopDelay({ resolution: 5 })
    delay.enable()
    const answer = await service.app.inject({
      method: 'POST',
      url: '/v1/trainings',
      payload,
      headers: { ...FORM },
    })
    delay.disable()
    expect(answer.statusCode).toBe(202)
    expect(delay.max / 1e6).toBeLessThan(LONGEST_STALL_MS)
    await service.app.inject({ method: 'DELETE', url: String(answer.headers.location) })
  })
})
