import { expect, test, vi } from 'vitest'
import { fakeEngine, listeningApp, png } from '../helpers/app.ts'
import { connect, EXPLAIN } from '../helpers/requests.ts'

const image = await png()
const start = `POST ${EXPLAIN} HTTP/1.1\r\nhost: x\r\ncontent-type: image/png\r\ncontent-length: ${image.length}\r\n\r\n`

const slow = (ms: number) => fakeEngine({ work: () => new Promise((resolve) => setTimeout(resolve, ms)) })

test('closes idle connections, refuses half-sent uploads, finishes what is under way', async () => {
  const engine = slow(300)
  const { app, port } = await listeningApp({ engine })
  const idle = await connect(port)
  const kept = await connect(port)
  kept.socket.write('GET /livez HTTP/1.1\r\nhost: x\r\n\r\n')
  await kept.until(/200 OK/)
  const half = await connect(port)
  half.socket.write(`${start}half`)
  const headless = await connect(port)
  headless.socket.write('GET /v1 HTT')
  const working = await connect(port)
  working.socket.write(start)
  working.socket.write(image)
  await vi.waitFor(() => expect(engine.jobs).toHaveLength(1))

  const from = performance.now()
  const drained = app.drain(5000)
  await Promise.all([idle.closed, kept.closed, headless.closed])
  expect(await half.until(/shutting-down/)).toMatch(/^HTTP\/1.1 503 .*connection: close/s)
  expect(performance.now() - from).toBeLessThan(250)
  await half.closed
  expect(await working.until(/IEND/)).toMatch(/^HTTP\/1.1 200 .*connection: close/s)
  await drained
  expect(performance.now() - from).toBeLessThan(2000)
})

test('does not wait for the rest of an upload whose client closes after it', async () => {
  const { app, port } = await listeningApp()
  const half = await connect(port)
  half.socket.write(`${start.replace('host: x', 'host: x\r\nconnection: close')}half`)
  await new Promise((resolve) => setTimeout(resolve, 50))
  const from = performance.now()
  await Promise.all([app.drain(60_000), half.closed])
  expect(half.text()).toMatch(/^HTTP\/1.1 503 .*shutting-down/s)
  expect(performance.now() - from).toBeLessThan(3000)
})

test('an upload that goes on after its refusal reads it, and does not hold the service', async () => {
  const { app, port } = await listeningApp()
  const upload = await connect(port)
  upload.socket.write(start.replace(/length: \d+/, 'length: 10000000'))
  const timer = setInterval(() => upload.socket.write(Buffer.alloc(10_000)), 5)
  await new Promise((resolve) => setTimeout(resolve, 100))
  const from = performance.now()
  const drained = app.drain(60_000)
  expect(await upload.until(/shutting-down/)).toMatch(/^HTTP\/1.1 503 .*connection: close/s)
  await Promise.all([drained, upload.closed])
  clearInterval(timer)
  expect(performance.now() - from).toBeLessThan(3000)
})

test('refuses new work on kept connections while it drains', async () => {
  const engine = slow(300)
  const { app, port } = await listeningApp({ engine })
  const working = await connect(port)
  working.socket.write(Buffer.concat([Buffer.from(start), image]))
  await vi.waitFor(() => expect(engine.jobs).toHaveLength(1))
  const drained = app.drain(5000)
  working.socket.write(Buffer.concat([Buffer.from(start), image]))
  await working.until(/200 OK/)
  await drained
  expect(engine.jobs).toHaveLength(1)
})

test('gives up on work that takes longer than the grace', async () => {
  const engine = slow(60_000)
  const { app, port } = await listeningApp({ engine })
  const working = await connect(port)
  working.socket.write(Buffer.concat([Buffer.from(start), image]))
  await vi.waitFor(() => expect(engine.jobs).toHaveLength(1))
  const from = performance.now()
  await app.drain(200)
  expect(performance.now() - from).toBeLessThan(2000)
  await working.closed
})

test('can be asked twice', async () => {
  const { app } = await listeningApp()
  await Promise.all([app.drain(100), app.drain(100)])
  expect(app.draining).toBe(true)
})
