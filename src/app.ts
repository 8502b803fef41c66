import { join } from 'node:path'
import Fastify, { type FastifyBaseLogger, type FastifyInstance } from 'fastify'
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod'
import { routes } from '../routes/index.ts'
import type { Config } from './config.ts'
import type { Engine } from './engine.ts'
import { folderCheckpoints } from './networks/checkpoints.ts'
import { admission } from './plugins/admission.ts'
import { cancellation } from './plugins/cancellation.ts'
import { drainBody } from './plugins/drain-body.ts'
import { draining } from './plugins/draining.ts'
import { errors, frameworkErrors } from './plugins/errors.ts'
import { jobs, type Keeping } from './plugins/jobs.ts'
import { openapi } from './plugins/openapi.ts'
import { protocol } from './plugins/protocol.ts'
import { clientErrorHandler } from './plugins/socket-answers.ts'
import { requestId, timings } from './plugins/timings.ts'
import { uploads } from './plugins/uploads.ts'
import { MAX_IMAGES } from './schemas/common.ts'

declare module 'fastify' {
  interface FastifyInstance {
    readonly config: Config
  }
}

/** What an app is made of. */
export interface AppOptions {
  readonly config: Config
  readonly engine: Engine
  readonly logger?: FastifyBaseLogger
  /** by default the engine's networks, and checkpoints in DATA_DIR where there is one */
  readonly keeping?: Keeping
}

/** Longest part of a path, in characters: names of models. */
const MAX_PARAM_LENGTH = 200
/** Time to send the headers; a body has the deadline. */
const HEADERS_TIMEOUT_MS = 10_000
const CONNECTIONS_CHECK_MS = 1_000
const MAX_CONNECTIONS = 2_000

/** Where trainings are kept, apart from the folders of networks. */
const keepingOf = ({ dataDir }: Config, { networks }: Engine): Keeping => ({
  store: networks,
  checkpoints: dataDir === undefined ? undefined : folderCheckpoints(join(dataDir, CHECKPOINTS)),
})

const CHECKPOINTS = '.jobs'

/** The service as a Fastify app: plugins in the order in which a request meets them, then the routes. */
export async function buildApp({
  config,
  engine,
  logger,
  keeping = keepingOf(config, engine),
}: AppOptions): Promise<FastifyInstance> {
  const app = Fastify({
    ...(logger && { loggerInstance: logger }),
    genReqId: requestId,
    bodyLimit: config.bodyLimit,
    // a body that is still coming at the deadline is answered by the app; this is for those that never get there
    requestTimeout: config.deadlineMs + HEADERS_TIMEOUT_MS,
    return503OnClosing: false,
    routerOptions: { maxParamLength: MAX_PARAM_LENGTH },
    http: {
      headersTimeout: HEADERS_TIMEOUT_MS,
      connectionsCheckingInterval: CONNECTIONS_CHECK_MS,
      // the app says so itself, see protocol.ts
      requireHostHeader: false,
    },
    frameworkErrors,
    clientErrorHandler,
  })
  app.server.maxConnections = MAX_CONNECTIONS
  app.setValidatorCompiler(validatorCompiler)
  app.setSerializerCompiler(serializerCompiler)
  app.decorate('config', config)

  await app.register(errors)
  await app.register(timings)
  await app.register(cancellation, { deadlineMs: config.deadlineMs })
  await app.register(drainBody, { maxBytes: config.bodyLimit })
  await app.register(draining)
  await app.register(protocol)
  await app.register(admission, { engine, workers: config.workers })
  await app.register(uploads, { bodyLimit: config.bodyLimit, maxImages: MAX_IMAGES })
  await app.register(jobs, { engine, ...keeping })
  await app.register(openapi)
  for (const route of routes) await app.register(route)
  return app
}
