import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, onTestFinished, test } from 'vitest'
import { png } from './helpers/app.ts'
import { connect, EXPLAIN } from './helpers/requests.ts'

const entry = new URL('helpers/serve.ts', import.meta.url).pathname
const realEntry = new URL('../src/server.ts', import.meta.url).pathname
const image = await png()

interface Running {
  readonly child: ChildProcess
  readonly output: () => string
  readonly exited: Promise<unknown[]>
}

function start(env: Readonly<Record<string, string>> = {}, module = entry): Running {
  const child = spawn(process.execPath, [module], {
    env: { ...process.env, PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  onTestFinished(() => {
    child.kill('SIGKILL')
  })
  let text = ''
  child.stdout.on('data', (data) => {
    text += data
  })
  child.stderr.on('data', (data) => {
    text += data
  })
  return { child, output: () => text, exited: once(child, 'exit') }
}

/** What the first group of the pattern matched, once the process has written it. */
async function written({ output, child }: Running, pattern: RegExp): Promise<string> {
  for (;;) {
    const match = pattern.exec(output())
    if (match) return match[1] ?? ''
    if (child.exitCode !== null) throw new Error(output())
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

const portOf = async (running: Running): Promise<number> =>
  Number(await written(running, /listening at http:\/\/127\.0\.0\.1:(\d+)/))

const explain = (port: number): Promise<Response> =>
  fetch(`http://127.0.0.1:${port}${EXPLAIN}`, {
    method: 'POST',
    body: new Uint8Array(image),
    headers: { 'content-type': 'image/png' },
  })

test.each(['SIGTERM', 'SIGINT'] as const)(
  'ends with code 0 after %s, answers under way included',
  async (signal) => {
    const running = start({ FAKE_WORK_MS: '500' })
    const port = await portOf(running)
    const half = await connect(port)
    half.socket.write(
      `POST ${EXPLAIN} HTTP/1.1\r\nhost: x\r\ncontent-type: image/png\r\ncontent-length: 999\r\n\r\nhalf`,
    )
    const answer = explain(port)
    await new Promise((resolve) => setTimeout(resolve, 150))
    running.child.kill(signal)
    expect(await half.until(/problems/)).toMatch(/^HTTP\/1.1 503 .*connection: close.*shutting-down/s)
    expect((await answer).status).toBe(200)
    expect(await running.exited).toEqual([0, null])
  },
)

test('ends with code 0 when it is told to while the engine is being made', async () => {
  const running = start({ FAKE_START_MS: '60000' })
  await written(running, /creating the engine/)
  running.child.kill('SIGTERM')
  expect(await running.exited).toEqual([0, null])
})

test.each([0, 50, 200])(
  'ends with code 0 and no complaint when its threads are told to while they start, %i ms after listening',
  async (ms) => {
    const running = start({ PRELOAD: 'all', WORKERS: '2' }, realEntry)
    await portOf(running)
    await new Promise((resolve) => setTimeout(resolve, ms))
    running.child.kill('SIGTERM')
    expect(await running.exited).toEqual([0, null])
    expect(running.output()).not.toMatch(/"level":(40|50|60)/)
  },
)

test('a second signal ends it at once', async () => {
  const running = start({ FAKE_WORK_MS: '60000' })
  const port = await portOf(running)
  const answer = explain(port).catch(() => 'lost')
  await new Promise((resolve) => setTimeout(resolve, 150))
  running.child.kill('SIGTERM')
  await new Promise((resolve) => setTimeout(resolve, 150))
  running.child.kill('SIGTERM')
  expect(await running.exited).toEqual([1, null])
  expect(await answer).toBe('lost')
})

test('a bad variable stops the start with a line that names it', async () => {
  const running = start({ PORT: '99999', WORKERS: 'many' })
  expect(await running.exited).toEqual([1, null])
  expect(running.output()).toBe(
    'PORT: expected a whole number from 0 to 65535 (0: any free port), got "99999"\nWORKERS: expected a whole number from 1 to 32, got "many"\n',
  )
})

test('an engine that cannot start ends the process with the reason', async () => {
  const running = start({ FAKE_START_FAILS: '1' })
  expect(await running.exited).toEqual([1, null])
  expect(running.output()).toContain('input.width')
})

test('a port in use ends the process with a sentence that names it', async () => {
  const port = await portOf(start())
  const second = start({ PORT: `${port}`, LOG_LEVEL: 'warn' })
  expect(await second.exited).toEqual([1, null])
  expect(second.output()).toBe(`PORT: another process listens on port ${port} of 127.0.0.1 already\n`)
})

test('an address of another machine ends the process with a sentence that names it', async () => {
  const running = start({ HOST: '203.0.113.1', LOG_LEVEL: 'warn' })
  expect(await running.exited).toEqual([1, null])
  expect(running.output()).toBe('HOST: 203.0.113.1 is not an address of this machine\n')
})
