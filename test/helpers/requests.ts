import { createConnection, type Socket } from 'node:net'
import type { FastifyInstance, LightMyRequestResponse } from 'fastify'
import { onTestFinished } from 'vitest'
import { writeNpy } from '../../src/imaging/npy.ts'

export const EXPLAIN = '/v1/models/tiny/explain'
export const PREDICT = '/v1/models/tiny/predict'

interface Post {
  readonly query?: string
  readonly body?: Buffer | string | undefined
  readonly headers?: Readonly<Record<string, string>>
  readonly url?: string
}

/** POST explain without a network. The content type is that of a PNG unless given. */
export const post = (
  app: FastifyInstance,
  { query = '', body, headers = { 'content-type': 'image/png' }, url = EXPLAIN }: Post,
): Promise<LightMyRequestResponse> =>
  app.inject({
    method: 'POST',
    url: `${url}${query && `?${query}`}`,
    headers: { ...headers },
    ...(body !== undefined && { payload: body }),
  })

export const BOUNDARY = 'aBoundaryThatIsLongEnough'
export const FORM = { 'content-type': `multipart/form-data; boundary=${BOUNDARY}` }

/** One part of a form; `head` are the lines of its headers. */
export const part = (
  bytes: Buffer | string,
  head = 'content-disposition: form-data; name="image"; filename="a.png"',
): Buffer =>
  Buffer.concat([Buffer.from(`--${BOUNDARY}\r\n${head}\r\n\r\n`), Buffer.from(bytes), Buffer.from('\r\n')])

export const form = (...parts: readonly Buffer[]): Buffer =>
  Buffer.concat([...parts, Buffer.from(`--${BOUNDARY}--\r\n`)])

/** An NPY tensor for the tiny model. */
export const npy = (shape: readonly number[] = [1, 3, 8, 8], value = 0.5): Buffer =>
  writeNpy({ shape, data: new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(value) })

/** A socket to the loopback that gathers what comes, and is closed with its test. */
export async function connect(port: number): Promise<{
  socket: Socket
  text: () => string
  until: (pattern: RegExp) => Promise<string>
  closed: Promise<void>
}> {
  const socket = createConnection({ port, host: '127.0.0.1' })
  onTestFinished(() => {
    socket.destroy()
  })
  let received = ''
  let notify = () => {}
  const { promise: closed, resolve } = Promise.withResolvers<void>()
  socket.on('data', (chunk: Buffer) => {
    received += chunk.toString('latin1')
    notify()
  })
  socket.on('error', () => {})
  socket.on('close', () => {
    resolve()
    notify()
  })
  await new Promise((connected) => socket.once('connect', connected))
  const until = async (pattern: RegExp): Promise<string> => {
    while (!pattern.test(received)) {
      if (socket.destroyed) throw new Error(`the connection closed before ${pattern}; received: ${received}`)
      await new Promise<void>((next) => {
        notify = next
      })
    }
    return received
  }
  return { socket, text: () => received, until, closed }
}
