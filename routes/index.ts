import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { augmentRoute } from './augment.ts'
import { decisionMapRoute } from './decision-map.ts'
import { diagnoseRoute } from './diagnose.ts'
import { explainRoute } from './explain.ts'
import { filterCompareRoute } from './filter-compare.ts'
import { filterComposeRoute } from './filter-compose.ts'
import { filterRoutes } from './filters.ts'
import { gradientsRoute } from './gradients.ts'
import { healthRoutes } from './health.ts'
import { historyRoute } from './history.ts'
import { jobRoutes } from './jobs.ts'
import { methodRoutes } from './methods.ts'
import { modelFileRoute } from './model-file.ts'
import { modelRoutes } from './models.ts'
import { networkRoutes } from './networks.ts'
import { predictRoute } from './predict.ts'
import { problemRoutes } from './problems.ts'
import { serviceRoutes } from './service.ts'
import { traceRoute } from './trace.ts'
import { trainingRoute } from './trainings.ts'

/** Every route, in the order of openapi.yaml. */
export const routes: readonly FastifyPluginAsyncZod[] = [
  explainRoute,
  predictRoute,
  gradientsRoute,
  traceRoute,
  diagnoseRoute,
  augmentRoute,
  methodRoutes,
  filterRoutes,
  filterCompareRoute,
  filterComposeRoute,
  modelRoutes,
  networkRoutes,
  modelFileRoute,
  trainingRoute,
  jobRoutes,
  decisionMapRoute,
  historyRoute,
  serviceRoutes,
  healthRoutes,
  problemRoutes,
]
