import { randomUUID } from 'node:crypto'
import type { FastifyReply } from 'fastify'
import fp from 'fastify-plugin'

declare module 'fastify' {
  interface FastifyRequest {
    timings: Timer
  }
}

/** Milliseconds by phase: `decode`, `queue`, `plan`, `forward` or `gradient`, `render`, … A phase met twice adds up. */
export class Timer {
  readonly #started = performance.now()
  readonly #phases = new Map<string, number>()

  add(phase: string, ms: number): void {
    this.#phases.set(phase, (this.#phases.get(phase) ?? 0) + ms)
  }

  addAll(phases: Readonly<Record<string, number>>): void {
    for (const [phase, ms] of Object.entries(phases)) this.add(phase, ms)
  }

  async measure<T>(phase: string, work: () => T | Promise<T>): Promise<T> {
    const from = performance.now()
    try {
      return await work()
    } finally {
      this.add(phase, performance.now() - from)
    }
  }

  /** All phases so far, and the total since the request came. */
  get milliseconds(): Readonly<Record<string, number>> {
    const all = [...this.#phases, ['total', performance.now() - this.#started] as const]
    return Object.fromEntries(all.map(([phase, ms]) => [phase, Number(ms.toFixed(2))]))
  }

  /** As the Server-Timing header writes it. */
  toString(): string {
    return Object.entries(this.milliseconds)
      .map(([phase, ms]) => `${phase};dur=${ms}`)
      .join(', ')
  }
}

const ownIds = /^[\w.:-]{1,128}$/

/** The id that a proxy gave, when it is one that can stand in headers, logs and URLs, or a new one. */
export const requestId = (request: { readonly headers: Readonly<Record<string, unknown>> }): string => {
  const given = request.headers['x-request-id']
  return typeof given === 'string' && ownIds.test(given) ? given : randomUUID()
}

/** What every answer carries, those included that never reached a route. */
export function stamp(reply: FastifyReply, id: string, timer: Timer = new Timer()): void {
  reply.header('x-request-id', id)
  reply.header('server-timing', `${timer}`)
}

/** Request ids and Server-Timing. */
export const timings = fp(async (app) => {
  app.decorateRequest('timings')
  app.addHook('onRequest', async (request) => {
    request.timings = new Timer()
  })
  app.addHook('onSend', async (request, reply) => {
    stamp(reply, request.id, request.timings)
  })
})
