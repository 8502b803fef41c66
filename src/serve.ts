import { type Logger, pino } from 'pino'
import { type Config, ConfigError, readConfig } from './config.ts'
import type { Engine } from './engine.ts'
import { startFault } from './start-fault.ts'

/** What asks the process to end. */
const STOP_SIGNALS = ['SIGTERM', 'SIGINT'] as const
/** Time for answers under way once the process was told to stop. */
const DRAIN_GRACE_MS = 20_000

interface EngineContext {
  readonly config: Config
  readonly logger: Logger
}
/** Throws what must stop the start: a bad card of a built-in model, say. */
export type CreateEngine = (context: EngineContext) => Promise<Engine>

/**
 * The process: configuration, engine, app. It listens at once, and /readyz says when the engine is up. SIGTERM or SIGINT,
 * at any time, drains it and ends it with code 0; a second one ends it at once. What stops the start is one line and
 * code 1: a plain one for what a person can mend, one of the log with its stack for what nobody foresaw.
 */
export async function serve(createEngine: CreateEngine, env: NodeJS.ProcessEnv = process.env): Promise<void> {
  const config = configFrom(env)
  const logger = pino({ level: config.logLevel })
  const fail = (error: unknown): never => {
    const sentence = startFault(error, config)
    if (sentence === undefined)
      logger.fatal({ err: error }, error instanceof Error ? error.message : String(error))
    else console.error(sentence)
    process.exit(1)
  }
  let stopping = false
  /** what a stop has to end; nothing until the app is built */
  let finish = async (): Promise<void> => {}
  const stop = async (signal: NodeJS.Signals): Promise<void> => {
    if (stopping) process.exit(1)
    stopping = true
    logger.info(`${signal}: finishing what is under way`)
    await finish()
    process.exit(0)
  }
  for (const signal of STOP_SIGNALS) process.on(signal, (name) => void stop(name).catch(fail))
  /** What a stop interrupts fails because of it. */
  const failUnlessStopping = (error: unknown): void => {
    if (!stopping) fail(error)
  }

  const engine = await createEngine({ config, logger }).catch(fail)
  engine.started.then(() => logger.info('ready'), failUnlessStopping)
  // while the engine's threads load their modules, this one loads the app's
  const { buildApp } = await import('./app.ts')
  const app = await buildApp({ config, engine, logger })
  finish = async () => {
    await app.drain(DRAIN_GRACE_MS)
    await engine.close(0)
  }
  await app.listen({ host: config.host, port: config.port }).catch(failUnlessStopping)
}

function configFrom(env: NodeJS.ProcessEnv): Config {
  try {
    return readConfig(env)
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    console.error(error.message)
    process.exit(1)
  }
}
