import { pino } from 'pino'
import { expect, test, vi } from 'vitest'
import { HttpError } from '../../src/errors.ts'
import { aborted, fakeEngine, listeningApp, png } from '../helpers/app.ts'
import { connect, EXPLAIN } from '../helpers/requests.ts'

const image = await png()
const request = Buffer.concat([
  Buffer.from(
    `POST ${EXPLAIN} HTTP/1.1\r\nhost: x\r\ncontent-type: image/png\r\ncontent-length: ${image.length}\r\n\r\n`,
  ),
  image,
])

const chunked = `POST ${EXPLAIN} HTTP/1.1\r\nhost: x\r\ncontent-type: image/png\r\ntransfer-encoding: chunked\r\n\r\n`

test('an upload that was read whole does not count as a client that left', async () => {
  const engine = fakeEngine({
    work: (signal) =>
      new Promise((resolve, reject) =>
        setTimeout(() => (signal.aborted ? reject(signal.reason) : resolve()), 100),
      ),
  })
  const { origin } = await listeningApp({ engine })
  const answer = await fetch(`${origin}${EXPLAIN}`, {
    method: 'POST',
    body: new Uint8Array(image),
    headers: { 'content-type': 'image/png' },
  })
  expect(answer.status).toBe(200)
})

test('a client that leaves aborts its job and gives its place back', async () => {
  let reason: unknown
  const engine = fakeEngine({
    work: async (signal) => {
      await aborted(signal)
      reason = signal.reason
      throw signal.reason
    },
  })
  const { port } = await listeningApp({ engine })
  const { socket } = await connect(port)
  socket.write(request)
  await vi.waitFor(() => expect(engine.jobs).toHaveLength(1))
  expect(engine.held()).toBe(1)
  socket.destroy()
  await vi.waitFor(() => expect(reason).toEqual(new HttpError('malformed-request', 'the client has gone')))
  expect(engine.held()).toBe(0)
})

test('the deadline ends a job with 504', async () => {
  const engine = fakeEngine({
    work: async (signal) => {
      await aborted(signal)
      throw new Error('cancelled')
    },
  })
  const { origin } = await listeningApp({ engine, config: { deadlineMs: 150 } })
  const answer = await fetch(`${origin}${EXPLAIN}`, {
    method: 'POST',
    body: new Uint8Array(image),
    headers: { 'content-type': 'image/png' },
  })
  expect([answer.status, await answer.json()]).toMatchObject([
    504,
    { type: '/problems/deadline-exceeded', detail: 'The deadline of 150 ms has passed.' },
  ])
  expect(engine.held()).toBe(0)
})

test('the deadline ends the request also when its job does not listen', async () => {
  const engine = fakeEngine({ work: () => new Promise(() => {}) })
  const { origin } = await listeningApp({ engine, config: { deadlineMs: 100 } })
  const answer = await fetch(`${origin}${EXPLAIN}`, {
    method: 'POST',
    body: new Uint8Array(image),
    headers: { 'content-type': 'image/png' },
  })
  expect(answer.status).toBe(504)
  expect(engine.held()).toBe(0)
})

test('a body that has not arrived at the deadline is 408', async () => {
  const { port } = await listeningApp({ config: { deadlineMs: 150 } })
  const { socket, until } = await connect(port)
  socket.write(request.subarray(0, request.length - 5))
  expect(await until(/problems/)).toMatch(/^HTTP\/1.1 408 .*request-timeout/s)
})

test.each([
  ['in the middle of its body', request.subarray(0, request.length - 5), true],
  ['while its job runs', request, true],
  ['after a chunk that is none', Buffer.from(`${chunked}zz\r\n`), false],
  [
    'after a length beside chunks',
    Buffer.from(chunked.replace('host: x', 'host: x\r\ncontent-length: 5')),
    false,
  ],
])('a client that leaves %s is no fault of the service', async (_when, bytes, leaves) => {
  const logged: { readonly level: number; readonly msg: string }[] = []
  const logger = pino({ level: 'debug' }, { write: (line: string) => logged.push(JSON.parse(line)) })
  const engine = fakeEngine({
    work: async (signal) => {
      await aborted(signal)
      throw signal.reason
    },
  })
  const { port } = await listeningApp({ engine, logger })
  const { socket, closed } = await connect(port)
  socket.write(bytes)
  await new Promise((resolve) => setTimeout(resolve, 100))
  if (leaves) socket.destroy()
  await closed
  await vi.waitFor(() => expect(logged.length).toBeGreaterThan(1))
  await new Promise((resolve) => setTimeout(resolve, 100))
  expect(logged.filter(({ level }) => level > 30)).toEqual([])
})
