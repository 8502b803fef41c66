import { expect, test } from 'vitest'
import { fakeEngine, listeningApp, png } from '../helpers/app.ts'
import { connect, EXPLAIN } from '../helpers/requests.ts'

const image = await png()
const bodyLimit = 200_000
const LENGTH = /\r\ncontent-length: (\d+)\r\n/

const head = (...lines: readonly string[]): string =>
  [`POST ${EXPLAIN} HTTP/1.1`, 'host: localhost', 'content-type: image/png', ...lines, '', ''].join('\r\n')
const good = Buffer.concat([Buffer.from(head(`content-length: ${image.length}`)), image])
const chunk = (bytes: number): Buffer =>
  Buffer.concat([Buffer.from(`${bytes.toString(16)}\r\n`), Buffer.alloc(bytes, 1), Buffer.from('\r\n')])

const listen = () => {
  const engine = fakeEngine()
  return listeningApp({ engine, config: { bodyLimit, deadlineMs: 3000 } }).then((app) => ({ ...app, engine }))
}

test('takes a body of exactly the limit, in many small writes', async () => {
  const { port } = await listen()
  const { socket, until } = await connect(port)
  const body = Buffer.concat([image, Buffer.alloc(bodyLimit - image.length)])
  socket.write(head(`content-length: ${body.length}`))
  for (let at = 0; at < body.length; at += 50_000) {
    socket.write(body.subarray(at, at + 50_000))
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  expect(await until(/\r\n\r\n/)).toMatch(/^HTTP\/1.1 200 /)
})

test('refuses a declared length over the limit before any of it came, and the connection survives', async () => {
  const { port } = await listen()
  const { socket, until } = await connect(port)
  socket.write(head(`content-length: ${bodyLimit + 1}`))
  const refusal = await until(/\/problems\/body-too-large/)
  expect(refusal).toMatch(/^HTTP\/1.1 413 /)
  expect(refusal).toMatch(LENGTH)
  socket.write(Buffer.alloc(bodyLimit + 1))
  socket.write(good)
  await until(/HTTP\/1.1 200 /)
})

test('refuses a chunked body while it still streams, and the connection survives', async () => {
  const { port } = await listen()
  const { socket, until } = await connect(port)
  socket.write(head('transfer-encoding: chunked'))
  for (let i = 0; i < 5; i++) socket.write(chunk(50_000))
  await until(/HTTP\/1.1 413 .*body-too-large/s)
  socket.write(chunk(50_000))
  socket.write('0\r\n\r\n')
  socket.write(good)
  await until(/HTTP\/1.1 200 /)
})

test('cuts off a body that does not end within the bounds', async () => {
  const { port } = await listen()
  const { socket, until, closed } = await connect(port)
  socket.write(head('transfer-encoding: chunked'))
  const timer = setInterval(() => socket.write(chunk(100_000)), 5)
  await until(/HTTP\/1.1 413 /)
  await closed
  clearInterval(timer)
})

test('lets a client that closes after its request read the refusal', async () => {
  const { port } = await listen()
  const { socket, until, closed } = await connect(port)
  socket.write(head(`content-length: ${2 * bodyLimit}`, 'connection: close'))
  const send = async () => {
    for (let i = 0; i < 8; i++) {
      socket.write(Buffer.alloc(50_000))
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }
  await send()
  expect(await until(/body-too-large/)).toMatch(/^HTTP\/1.1 413 /)
  await closed
})

test('refuses by the headers alone, and the next request on the connection is well', async () => {
  const { port } = await listen()
  const { socket, until } = await connect(port)
  const unknown = head(`content-length: ${image.length}`).replace('tiny', 'none')
  socket.write(Buffer.concat([Buffer.from(unknown), image, good]))
  expect(await until(/HTTP\/1.1 200 /)).toMatch(/HTTP\/1.1 404 .*unknown-model/s)
})

test('does not invite a body over the limit', async () => {
  const { port } = await listen()
  const { socket, until, text } = await connect(port)
  socket.write(head(`content-length: ${bodyLimit + 1}`, 'expect: 100-continue'))
  await until(/HTTP\/1.1 413 /)
  expect(text()).not.toMatch(/100 Continue/)
})

test('invites a body within the limit', async () => {
  const { port } = await listen()
  const { socket, until } = await connect(port)
  socket.write(head(`content-length: ${image.length}`, 'expect: 100-continue'))
  await until(/100 Continue/)
  socket.write(image)
  await until(/HTTP\/1.1 200 /)
})

test('a body that the client cuts off leaves the service unharmed', async () => {
  const { port, engine, origin } = await listen()
  const { socket, until } = await connect(port)
  socket.end(`${head('content-length: 1000')}half`)
  expect(await until(/problems/)).toMatch(/^HTTP\/1.1 400 .*malformed-request/s)
  expect(engine.jobs).toEqual([])
  const again = await fetch(`${origin}${EXPLAIN}`, {
    method: 'POST',
    body: new Uint8Array(image),
    headers: { 'content-type': 'image/png' },
  })
  expect(again.status).toBe(200)
})

test.each([
  ['no HTTP at all', 'hello\r\n\r\n', /^HTTP\/1.1 400 .*malformed-request/s],
  [
    'headers without end',
    `GET /v1 HTTP/1.1\r\nhost: x\r\nx: ${'y'.repeat(20_000)}\r\n\r\n`,
    /^HTTP\/1.1 431 .*headers-too-large/s,
  ],
  [
    'a URL without end',
    `GET /v1?${'y'.repeat(20_000)} HTTP/1.1\r\nhost: x\r\n\r\n`,
    /^HTTP\/1.1 414 .*url-too-long/s,
  ],
  [
    'CONNECT',
    'CONNECT example.org:443 HTTP/1.1\r\nhost: example.org:443\r\n\r\n',
    /^HTTP\/1.1 405 .*allow: GET, HEAD, OPTIONS, POST.*method-not-allowed/s,
  ],
  [
    'two lengths',
    `${head('content-length: 1', 'content-length: 2')}x`,
    /^HTTP\/1.1 400 .*malformed-request/s,
  ],
])('answers %s on the socket', async (_name, bytes, expected) => {
  const { port } = await listen()
  const { socket, until, closed } = await connect(port)
  socket.write(bytes)
  await until(expected)
  await closed
})

test.each([
  ['no host', 'GET /v1 HTTP/1.1\r\n\r\n', /^HTTP\/1.1 400 .*malformed-request.*no Host header/s],
  [
    'an expectation of something else',
    head('content-length: 5', 'expect: banana'),
    /^HTTP\/1.1 417 .*unknown-expectation/s,
  ],
  ['neither, before HTTP/1.1', 'GET /livez HTTP/1.0\r\nexpect: banana\r\n\r\n', /^HTTP\/1.1 200 /],
])('answers a request with %s as any other', async (_name, bytes, expected) => {
  const { port } = await listen()
  const { socket, until } = await connect(port)
  socket.write(bytes)
  const answer = await until(expected)
  expect(answer).toMatch(/x-request-id: .*server-timing: total;dur=/s)
})
