import { Readable } from 'node:stream'
import { describe, expect, test, vi } from 'vitest'
import { fakeEngine, listeningApp, png, testApp } from '../helpers/app.ts'
import { BOUNDARY, connect, EXPLAIN, FORM, form, part, post } from '../helpers/requests.ts'

const image = await png()
const bodyLimit = 200_000

const head = (...lines: readonly string[]): string =>
  [
    `POST ${EXPLAIN} HTTP/1.1`,
    'host: localhost',
    `content-type: ${FORM['content-type']}`,
    ...lines,
    '',
    '',
  ].join('\r\n')
const whole = (body: Buffer): Buffer =>
  Buffer.concat([Buffer.from(head(`content-length: ${body.length}`)), body])
const good = whole(form(part(image)))
const chunk = (bytes: Buffer): Buffer =>
  Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from('\r\n')])
const opening = part(image).subarray(0, -2)
const unnamed = 'content-disposition: form-data; filename="a.png"'
const field = (name: string, more = ''): string => `content-disposition: form-data; name="${name}"${more}`

const listen = async (deadlineMs = 3000) => {
  const engine = fakeEngine()
  return { ...(await listeningApp({ engine, config: { bodyLimit, deadlineMs } })), engine }
}

test('reads the same files however the form is cut into chunks', async () => {
  const app = await testApp()
  const body = form(part(image), part(await png(8, 24), `${field('image', '; filename="b"')}\r\nX-Y: z`))
  for (let size = 1; size < 120; size += 7) {
    const chunks = Array.from({ length: Math.ceil(body.length / size) }, (_, i) =>
      body.subarray(i * size, (i + 1) * size),
    )
    const answer = await app.inject({
      method: 'POST',
      url: `${EXPLAIN}?format=json`,
      headers: FORM,
      payload: Readable.from(chunks),
    })
    expect([size, answer.statusCode]).toEqual([size, 200])
    expect(answer.json()).toMatchObject([{ image: { width: 16 } }, { image: { width: 8, height: 24 } }])
  }
})

describe('what the parser would overlook, stall at, or refuse without its name', () => {
  const message = 'expected only fields named image; parameters go into the query string'
  test.each([
    ['called like a property of all objects', ['__proto__', 'constructor'], ''],
    ['of JSON that is none', ['steps', 'method'], '\r\ncontent-type: application/json'],
    ['of a name longer than an error repeats', ['n'.repeat(5000)], '; filename="a.png"'],
  ])('names every field %s', async (_case, names, more) => {
    const body = form(part(image), ...names.map((name) => part('{', field(name, more))))
    const answer = await post(await testApp(), { body, headers: FORM })
    expect([answer.statusCode, answer.json().errors]).toEqual([
      422,
      names.map((name) => ({ parameter: name.slice(0, 100), message })),
    ])
  })

  test.each([
    ['a large part without a name', part(Buffer.alloc(150_000, 7), unnamed)],
    ['a large part without headers', part(Buffer.alloc(150_000, 7), 'x: y')],
    ['a part of an empty name', part(image, field('', '; filename="a"'))],
    ['a part of another disposition', part(image, 'content-disposition: attachment; name="image"')],
    ['a part whose headers do not end', Buffer.from(`--${BOUNDARY}\r\n${field('image')}\r\n`)],
    ['a delimiter with something after it', Buffer.from(`--${BOUNDARY}0\r\n${field('image')}\r\n\r\n\r\n`)],
    ['more headers than are read', part(image, `${'x: y\r\n'.repeat(500)}${field('image')}`)],
    ['longer headers than are read', part(image, `x: ${'y'.repeat(20_000)}\r\n${field('image')}`)],
    ['a header that is none', part(image, `nothing\r\n${field('image', '; filename="a"')}`)],
  ])('%s is a malformed form, also between good parts', async (_case, bad) => {
    const app = await testApp({ config: { bodyLimit, deadlineMs: 1000 } })
    const answer = await post(app, { body: form(part(image), bad, part(image)), headers: FORM })
    expect(answer.json()).toMatchObject({ status: 400, type: '/problems/malformed-multipart' })
    expect(answer.json().detail).toMatch(/content-disposition/)
  })
})

test('takes an upper case content type and a quoted boundary', async () => {
  const headers = { 'content-type': `Multipart/Form-Data; charset=utf-8; Boundary="${BOUNDARY}"` }
  expect((await post(await testApp(), { body: form(part(image)), headers })).statusCode).toBe(200)
})

test.each([
  ['inside a part', opening],
  ['after the end of the form', form(part(image))],
  ['before the first part', Buffer.from('nothing')],
])(
  'refuses a chunked form that grows over the limit %s, and the connection survives',
  async (_where, start) => {
    const { port } = await listen()
    const { socket, until } = await connect(port)
    socket.write(head('transfer-encoding: chunked'))
    socket.write(chunk(start))
    for (let i = 0; i < 5; i++) socket.write(chunk(Buffer.alloc(50_000, 1)))
    await until(/HTTP\/1.1 413 .*body-too-large/s)
    socket.write(chunk(Buffer.alloc(50_000, 1)))
    socket.write('0\r\n\r\n')
    socket.write(good)
    await until(/HTTP\/1.1 200 /)
  },
)

test('cuts off a form that does not end within the bounds', async () => {
  const { port } = await listen()
  const { socket, until, closed } = await connect(port)
  socket.write(head('transfer-encoding: chunked'))
  socket.write(chunk(opening))
  const timer = setInterval(() => socket.write(chunk(Buffer.alloc(100_000, 1))), 5)
  await until(/HTTP\/1.1 413 /)
  await closed
  clearInterval(timer)
})

test('refuses too many parts while the form still streams, and the connection survives', async () => {
  const { port } = await listen()
  const { socket, until } = await connect(port)
  const parts = Buffer.concat(Array.from({ length: 40 }, () => part('x')))
  socket.write(head(`content-length: ${parts.length + 50_000}`))
  socket.write(parts)
  await until(/HTTP\/1.1 422 .*at most 32 images/s)
  socket.write(Buffer.alloc(50_000, 1))
  socket.write(good)
  await until(/HTTP\/1.1 200 /)
})

test.each([
  ['inside a part', Buffer.concat([opening, image])],
  ['inside the headers of a part', opening.subarray(0, 50)],
  ['before anything came', Buffer.alloc(0)],
])('a form that the client cuts off %s leaves the service unharmed', async (_where, bytes) => {
  const { port, engine } = await listen()
  const { socket, until } = await connect(port)
  socket.end(Buffer.concat([Buffer.from(head('content-length: 100000')), bytes]))
  expect(await until(/problems/)).toMatch(/^HTTP\/1.1 400 .*malformed-request/s)
  expect(engine.jobs).toEqual([])
  const again = await connect(port)
  again.socket.write(good)
  await again.until(/HTTP\/1.1 200 /)
})

test('refuses uploads that find no room in memory; clients that leave inside a part give theirs back', async () => {
  const { origin, port, engine } = await listen()
  const uploads = await Promise.all(Array.from({ length: 17 }, () => connect(port)))
  for (const { socket } of uploads) {
    socket.write(head(`content-length: ${bodyLimit}`))
    socket.write(Buffer.concat([opening, Buffer.alloc(190_000)]))
  }
  const refusal = await Promise.race(uploads.map(({ until }) => until(/problems/)))
  expect(refusal).toMatch(/^HTTP\/1.1 503 .*queue-full.*too many uploads/is)
  for (const { socket } of uploads) socket.destroy()
  await vi.waitFor(async () => {
    const body = new Uint8Array(form(part(Buffer.concat([image, Buffer.alloc(190_000)]))))
    const answer = await fetch(`${origin}${EXPLAIN}`, { method: 'POST', body, headers: FORM })
    expect(answer.status).toBe(200)
  })
  expect(engine.jobs).toHaveLength(1)
})

test('a form that has not arrived at the deadline is 408', async () => {
  const { port } = await listen(150)
  const { socket, until } = await connect(port)
  socket.write(head('content-length: 100000'))
  socket.write(opening)
  expect(await until(/problems/)).toMatch(/^HTTP\/1.1 408 .*request-timeout/s)
})
