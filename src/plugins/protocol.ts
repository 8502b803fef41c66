import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import fp from 'fastify-plugin'
import { HttpError } from '../errors.ts'
import { answerOnSocket } from './socket-answers.ts'

/** What Node would refuse with a bare answer or none; the app answers instead, with a problem like any other. */
export const protocol = fp(async (app) => {
  app.addHook('onRequest', async ({ raw }) => {
    if (raw.httpVersion !== '1.1') return
    const { host, expect } = raw.headers
    if (host === undefined) throw new HttpError('malformed-request', 'the request has no Host header')
    if (expect !== undefined && expect.toLowerCase() !== '100-continue')
      throw new HttpError(
        'unknown-expectation',
        'the Expect header asks for something other than 100-continue',
      )
  })
  app.server.on('checkExpectation', (raw: IncomingMessage, response: ServerResponse) => {
    app.server.emit('request', raw, response)
  })
  app.server.on('connect', (_raw: IncomingMessage, socket: Duplex) => {
    // Node has let go of this socket: a client that resets it must not end the process
    socket.on('error', () => socket.destroy())
    const headers = { allow: 'GET, HEAD, OPTIONS, POST' }
    answerOnSocket(
      socket,
      new HttpError('method-not-allowed', 'this is no proxy: CONNECT is not taken', { headers }),
    )
  })
})
