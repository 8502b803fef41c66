import type { Socket } from 'node:net'
import type { FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { HttpError } from '../errors.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /**
     * Ends the service in an orderly way: no new connections; those that are idle or still uploading are closed; answers
     * under way are finished, for at most `graceMs`. Then everything is closed. Safe to call twice.
     */
    drain(graceMs: number): Promise<void>
    readonly draining: boolean
  }
}

/** Graceful end of the process. */
export const draining = fp(async (app) => {
  const sockets = new Set<Socket>()
  const active = new Set<FastifyRequest>()
  let quiet = Promise.withResolvers<void>()
  let state: 'serving' | 'draining' = 'serving'

  app.server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  app.addHook('onRequest', async (request, reply) => {
    active.add(request)
    reply.raw.once('close', () => {
      active.delete(request)
      if (active.size === 0) quiet.resolve()
    })
    if (state === 'draining' && request.url.startsWith('/v1'))
      throw new HttpError('shutting-down', 'the service is shutting down', {
        headers: { 'retry-after': '1' },
      })
  })

  app.addHook('onSend', async (_request, reply) => {
    if (state === 'draining') reply.header('connection', 'close')
  })

  const closeUnfinished = (): void => {
    const working = new Set<Socket>()
    for (const { raw } of active) {
      if (raw.complete) working.add(raw.socket)
      else raw.socket.destroy()
    }
    for (const socket of sockets) if (!working.has(socket)) socket.destroy()
  }

  app.decorate('draining', { getter: () => state === 'draining' })
  app.decorate('drain', async (graceMs: number) => {
    if (state === 'draining') return quiet.promise
    state = 'draining'
    quiet = Promise.withResolvers<void>()
    if (active.size === 0) quiet.resolve()
    const closed = app.close()
    closeUnfinished()
    const timer = setTimeout(() => app.server.closeAllConnections(), graceMs)
    await quiet.promise
    closeUnfinished()
    await closed
    clearTimeout(timer)
  })
})
