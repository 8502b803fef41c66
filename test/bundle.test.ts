import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { zipSync } from 'fflate'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bundle } from '../src/bundle.ts'

/* The service as `npm start` runs it: what is read only when it is asked for is found in the bundle too. */

const folder = fileURLToPath(new URL('../build/service-test', import.meta.url))
const photo = readFileSync('test/fixtures/photos/chelsea.png')
const seven = readFileSync('test/fixtures/photos/seven.png')

let child: ChildProcess
let origin = ''
beforeAll(async () => {
  await bundle(folder)
  child = spawn(process.execPath, [`${folder}/server.js`], {
    env: { ...process.env, PORT: '0', WORKERS: '2' },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ready = Promise.withResolvers<string>()
  let output = ''
  child.stdout?.on('data', (data: Buffer) => {
    output += data
    const listening = /listening at (http:[^"]+)"/.exec(output)?.[1]
    if (listening && output.includes('"msg":"ready"')) ready.resolve(listening)
  })
  child.once('exit', () => ready.reject(new Error(output)))
  origin = await ready.promise
}, 60_000)
afterAll(() => {
  child.kill('SIGKILL')
  rmSync(folder, { recursive: true, force: true })
})

const png = { 'content-type': 'image/png' }
const formOf = (files: Readonly<Record<string, Uint8Array<ArrayBuffer>>>, training?: object): FormData => {
  const form = new FormData()
  for (const [name, bytes] of Object.entries(files)) form.append(name, new Blob([bytes]), `${name}.bin`)
  if (training) form.append('training', JSON.stringify(training))
  return form
}
const training = {
  model: {
    id: 'small',
    input: [1, 8, 8],
    layers: [{ type: 'fullyConnected', units: 2 }],
  },
  loss: 'cross-entropy',
  epochs: 2,
}
const own = (bytes: Uint8Array): Uint8Array<ArrayBuffer> => new Uint8Array(bytes)

describe('the bundled service', () => {
  it.each<[string, string, RequestInit, string]>([
    ['a map', '/v1/models/efficientnet-lite0/explain', { headers: png, body: photo }, 'image/png'],
    ['a digit', '/v1/models/mnist-cnn/predict', { headers: png, body: seven }, 'application/json'],
    ['a filter', '/v1/filter?filter=gaussian:9:2', { headers: png, body: photo }, 'image/png'],
    ['a turn', '/v1/augment/rot90', { body: formOf({ image: own(photo) }) }, 'image/png'],
    [
      'a trace in a picture',
      '/v1/models/mnist-cnn/trace?target=7&format=png',
      { headers: png, body: seven },
      'image/png',
    ],
    [
      'a training from a table',
      '/v1/trainings',
      {
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({
          ...training,
          model: { ...training.model, id: 'table', input: [2] },
          data: { csv: '1,2,a\n2,3,b\n3,1,a\n' },
        }),
      },
      'application/json',
    ],
  ])('answers with %s', async (_, path, request, type) => {
    const answer = await fetch(`${origin}${path}`, { method: 'POST', ...request })
    expect(answer.ok).toBe(true)
    expect(answer.headers.get('content-type')).toContain(type)
  })

  it('trains from a zip of pictures, and draws how it went', async () => {
    const images = zipSync({ 'seven/1.png': own(seven), 'cat/1.png': own(photo) })
    const body = formOf({ images: own(images) }, training)
    const started = await fetch(`${origin}/v1/trainings`, { method: 'POST', body })
    expect(started.status).toBe(202)
    const events = await fetch(`${origin}${started.headers.get('location')}/events`)
    expect(await events.text()).toContain('"status":"finished"')
    const drawn = await fetch(`${origin}/v1/models/small/history?format=svg`)
    expect(await drawn.text()).toMatch(/^<svg /)
    const file = await fetch(`${origin}/v1/models/small/model.onnx`)
    expect((await file.bytes()).length).toBeGreaterThan(500)
  })

  it('has the document', async () => {
    const answer = await fetch(`${origin}/openapi.yaml`)
    expect(await answer.text()).toBe(readFileSync('openapi.yaml', 'utf8'))
  })

  it('ends with code 0 when it is told to', async () => {
    child.kill('SIGTERM')
    expect(await once(child, 'exit')).toEqual([0, null])
  })
})
