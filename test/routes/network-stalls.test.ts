import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Service, startService, stopService } from '../helpers/service.ts'

let service: Service
const folder = mkdtempSync(join(tmpdir(), 'data-'))

beforeAll(async () => {
  service = await startService({ WORKERS: '1', DATA_DIR: folder })
}, 60_000)
afterAll(async () => {
  await stopService(service)
  rmSync(folder, { recursive: true })
})

/** On the main thread each of these took from half a second to two seconds; passing the numbers on takes some milliseconds. */
const LONGEST_STALL_MS = 250

const drawn = { input: [1000], layers: [{ type: 'fullyConnected', units: 1900 }] }
const given = {
  ...drawn,
  layers: [{ ...drawn.layers[0], weights: Array.from({ length: 1900 }, () => new Array(1000).fill(0.125)) }],
}

describe('a network of two million weights', () => {
  it.each([
    ['is drawn', 'PUT', '', drawn],
    ['is sent', 'PUT', '', given],
    ['is written as an ONNX file', 'GET', '/model.onnx', undefined],
  ] as const)('%s while others are answered', async (_, method, path, body) => {
    const payload = body && Buffer.from(JSON.stringify(body))
    const delay = monitorEventLoopDelay({ resolution: 5 })
    delay.enable()
    const answer = await service.app.inject({
      method,
      url: `/v1/models/large${path}`,
      ...(payload && { payload, headers: { 'content-type': 'application/json' } }),
    })
    delay.disable()
    expect(answer.statusCode).toBeLessThan(300)
    expect(delay.max / 1e6).toBeLessThan(LONGEST_STALL_MS)
  })

  it('that is kept has its weights once, as numbers', () => {
    expect(service.engine.networks.get('large')?.spec.layers[0]?.params).toEqual({
      units: 1900,
      bias: true,
      init: 'he',
    })
  })
})
