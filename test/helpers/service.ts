import type { FastifyInstance } from 'fastify'
import { pino } from 'pino'
import { buildApp } from '../../src/app.ts'
import { readConfig } from '../../src/config.ts'
import { createLocalEngine, type LocalEngine } from '../../src/local-engine.ts'

export interface Service {
  readonly app: FastifyInstance
  readonly engine: LocalEngine
}

/** The whole service with its built-in model, not yet listening. */
export async function startService(env: Readonly<Record<string, string>> = {}): Promise<Service> {
  const config = readConfig({ LOG_LEVEL: 'silent', ...env })
  const engine = await createLocalEngine({ config, logger: pino({ level: 'silent' }) })
  const app = await buildApp({ config, engine })
  await engine.started
  return { app, engine }
}

export async function stopService({ app, engine }: Service): Promise<void> {
  await app.close()
  await engine.close(1000)
}
