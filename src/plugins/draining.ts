import type { Socket } from 'node:net'
import type { FastifyReply, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { HttpError } from '../errors.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /**
     * Ends the service in an orderly way: no new connections; idle ones are closed; uploads under way are refused with
     * `shutting-down`; answers under way are finished, for at most `graceMs`. Then everything is closed. Safe to call twice.
     */
    drain(graceMs: number): Promise<void>
    readonly draining: boolean
  }
}

/** How long a refused upload may go on after its answer. Closed at once, it would be reset, and the answer lost with it. */
const LINGER_MS = 500

const shuttingDown = (): HttpError =>
  new HttpError('shutting-down', 'the service is shutting down', { headers: { 'retry-after': '1' } })

/** Graceful end of the process. */
export const draining = fp(async (app) => {
  const sockets = new Set<Socket>()
  const active = new Map<FastifyRequest, FastifyReply>()
  const lingering: Promise<void>[] = []
  let quiet = Promise.withResolvers<void>()
  let state: 'serving' | 'draining' = 'serving'

  app.server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  app.addHook('onRequest', async (request, reply) => {
    active.set(request, reply)
    reply.raw.once('close', () => {
      active.delete(request)
      if (active.size === 0) quiet.resolve()
    })
    if (state !== 'draining' || !request.url.startsWith('/v1')) return
    if (!request.raw.complete) linger(request, reply)
    throw shuttingDown()
  })

  app.addHook('onSend', async (_request, reply) => {
    if (state === 'draining') reply.header('connection', 'close')
  })

  /** After the answer only our side of the connection is closed: the client can read it while it still sends. */
  const linger = ({ raw: { socket } }: FastifyRequest, reply: FastifyReply): void => {
    socket.destroySoon = () => socket.end()
    reply.raw.once('finish', () => setTimeout(() => socket.destroy(), LINGER_MS))
    lingering.push(new Promise((resolve) => socket.once('close', () => resolve())))
  }

  const closeIdle = (): void => {
    const working = new Set([...active.keys()].map(({ raw }) => raw.socket))
    for (const socket of sockets) if (!working.has(socket)) socket.destroy()
  }

  const refuseUploads = (): void => {
    for (const [request, reply] of active) {
      if (request.raw.complete || reply.sent) continue
      linger(request, reply)
      request.cancel(shuttingDown())
    }
  }

  app.decorate('draining', { getter: () => state === 'draining' })
  app.decorate('drain', async (graceMs: number) => {
    if (state === 'draining') return quiet.promise
    state = 'draining'
    quiet = Promise.withResolvers<void>()
    if (active.size === 0) quiet.resolve()
    const closed = app.close()
    closeIdle()
    refuseUploads()
    const timer = setTimeout(() => app.server.closeAllConnections(), graceMs)
    await quiet.promise
    await Promise.all(lingering)
    closeIdle()
    await closed
    clearTimeout(timer)
  })
})
