import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import type { FastifyBaseLogger, FastifyInstance } from 'fastify'
import { onTestFinished } from 'vitest'
import { buildApp } from '../../src/app.ts'
import { type Config, readConfig } from '../../src/config.ts'
import type { Engine } from '../../src/engine.ts'
import { sharp } from '../../src/imaging/sharp.ts'
import { fakeEngine } from './fake-engine.ts'

export { fakeEngine } from './fake-engine.ts'

interface TestAppOptions {
  readonly engine?: Engine
  readonly config?: Partial<Config>
  readonly logger?: FastifyBaseLogger
}

/** An app that is closed with its test. */
export async function testApp({
  engine = fakeEngine(),
  config,
  logger,
}: TestAppOptions = {}): Promise<FastifyInstance> {
  const app = await buildApp({ config: { ...readConfig({}), ...config }, engine, ...(logger && { logger }) })
  onTestFinished(() => app.close())
  return app
}

/** The same, listening on a free port of the loopback. */
export async function listeningApp(
  options: TestAppOptions = {},
): Promise<{ app: FastifyInstance; origin: string; port: number }> {
  const app = await testApp(options)
  await app.listen({ host: '127.0.0.1', port: 0 })
  const { port } = app.server.address() as AddressInfo
  return { app, origin: `http://127.0.0.1:${port}`, port }
}

/** A picture of one colour. */
export const png = (width = 16, height = 16): Promise<Buffer> =>
  sharp({ create: { width, height, channels: 3, background: { r: 200, g: 100, b: 50 } } })
    .png()
    .toBuffer()

export const aborted = async (signal: AbortSignal): Promise<void> => {
  if (!signal.aborted) await once(signal, 'abort')
}
