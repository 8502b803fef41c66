import type { FastifyInstance, FastifySchema, RouteOptions } from 'fastify'
import fp from 'fastify-plugin'
import * as z from 'zod'
import type {
  createDocument,
  ZodOpenApiOperationObject,
  ZodOpenApiRequestBodyObject,
  ZodOpenApiResponseObject,
} from 'zod-openapi'
import pkg from '../../package.json' with { type: 'json' }
import { type ProblemType, problems, problemTypes } from '../errors.ts'
import { commonHeaders } from '../schemas/common.ts'
import { exampleOf, PROBLEM_MEDIA_TYPE, problemSchema } from '../schemas/problem.ts'
import { parametersOf } from '../schemas/query.ts'

/** What a route says of itself for openapi.yaml, beside its schemas. */
export interface Operation {
  readonly operationId: string
  readonly tag: keyof typeof tags
  readonly summary: string
  readonly description?: string
  readonly requestBody?: ZodOpenApiRequestBodyObject
  /** the successful answer, unless it is the 200 of the route's own schema */
  readonly ok?: ZodOpenApiResponseObject
  /** successful answers of other statuses, in place of the 200 */
  readonly answers?: { readonly [status: `2${string}`]: ZodOpenApiResponseObject }
  /** what can go wrong besides what can go wrong everywhere */
  readonly problems?: readonly ProblemType[]
}

declare module 'fastify' {
  interface FastifyContextConfig {
    operation?: Operation
  }
  interface FastifyInstance {
    /** The document of this service, generated from its routes, as YAML. */
    openapi(): Promise<string>
    /** every one, as `GET /v1/models/{model}` */
    operations(): readonly string[]
  }
}

const tags = {
  explain: 'Why a network said that',
  filters: 'Pictures and arrays, filtered',
  pictures: 'What becomes of pictures and volumes',
  models: 'The models that are served',
  networks: 'Small networks: trained here, and what happens inside',
  service: 'The service itself',
} as const

const everywhere: readonly ProblemType[] = [
  'malformed-request',
  'malformed-url',
  'method-not-allowed',
  'request-timeout',
  'url-too-long',
  'unknown-expectation',
  'headers-too-large',
  'internal-error',
]

const description = `Upload a picture, name a model, get the saliency map.

Parameters go into the query string, pixels into the body. Every error is an \`${PROBLEM_MEDIA_TYPE}\` document (RFC 9457),
whose \`type\` is one of these:

| status | type | title | remedy |
|---|---|---|---|
${Object.entries(problems)
  .map(([type, { status, title, remedy }]) => `| ${status} | \`/problems/${type}\` | ${title} | ${remedy} |`)
  .join('\n')}`

/** Each type once; answers refer to them. */
const examples = Object.fromEntries(
  problemTypes.map((type) => [type, { summary: problems[type].title, value: exampleOf(type) }]),
)

/** A parameter in a path, as the router writes it. */
const PARAMETER = /:(\w+)/g

/** Collects the routes as they are registered. Register it before them. */
export const openapi = fp(async (app) => {
  const routes: RouteOptions[] = []
  let text: Promise<string> | undefined
  app.addHook('onRoute', (route) => {
    if (route.config?.operation) routes.push(route)
  })
  app.decorate('operations', () =>
    routes.flatMap(({ method, url }) =>
      String(method) === 'HEAD' ? [] : `${method} ${url.replace(PARAMETER, '{$1}')}`,
    ),
  )
  app.decorate('openapi', function (this: FastifyInstance) {
    text ??= textOf(routes)
    return text
  })
})

/** The two libraries are loaded when the document is first asked for: they would slow down every start. */
async function textOf(routes: readonly RouteOptions[]): Promise<string> {
  const [{ stringify }, zodOpenapi] = await Promise.all([import('yaml'), import('zod-openapi')])
  const text = stringify(documentOf(routes, zodOpenapi.createDocument), {
    aliasDuplicateObjects: false,
    lineWidth: 0,
  })
  // bytes of files in examples: as they are, YAML does not allow them, and the library leaves them
  return text.replace(CONTROLS, (byte) => `\\x${byte.charCodeAt(0).toString(16)}`)
}

/** Control characters that only an escape may write (YAML 1.2, 5.1); they stand in quoted texts. */
const CONTROLS = /[\x7f-\x84\x86-\x9f]/g

function documentOf(routes: readonly RouteOptions[], create: typeof createDocument): object {
  const paths: Record<string, Record<string, ZodOpenApiOperationObject>> = {}
  for (const { method, url, schema, config } of routes) {
    const name = String(method).toLowerCase()
    if (name === 'head' || !config?.operation) continue
    const path = url.replace(PARAMETER, '{$1}')
    paths[path] = { ...paths[path], [name]: operationOf(config.operation, schema) }
  }
  const document = create({
    openapi: '3.1.0',
    info: {
      title: pkg.name,
      version: pkg.version,
      description,
      license: { name: pkg.license, identifier: pkg.license },
    },
    servers: [{ url: '/', description: 'The service that this document came from' }],
    security: [],
    tags: Object.entries(tags).map(([name, description]) => ({ name, description })),
    paths,
    components: { examples },
  })
  for (const path of Object.values(document.paths ?? {}))
    for (const operation of [path.get, path.post, path.put, path.delete])
      tidyParameters(operation?.parameters)
  return document
}

/** Description and example belong to a parameter, and not to its schema a second time. */
function tidyParameters(parameters: readonly object[] = []): void {
  for (const parameter of parameters) {
    if (!('schema' in parameter) || typeof parameter.schema !== 'object') continue
    const {
      description: _,
      example,
      ...schema
    }: { description?: unknown; example?: unknown } = { ...parameter.schema }
    Object.assign(parameter, { schema, example })
  }
}

function operationOf(operation: Operation, schema: FastifySchema | undefined): ZodOpenApiOperationObject {
  const { tag, problems: own = [], ok, answers, ...rest } = operation
  const query = schema?.querystring instanceof z.ZodType ? parametersOf(schema.querystring) : undefined
  return {
    ...rest,
    tags: [tag],
    requestParams: {
      ...(schema?.params instanceof z.ZodObject && { path: schema.params }),
      ...(query !== undefined && { query }),
    },
    responses: { ...(answers ?? { 200: ok ?? okOf(schema) }), ...problemResponses([...own, ...everywhere]) },
  } satisfies ZodOpenApiOperationObject
}

/** The 200 of a route's response schema. */
function okOf(schema: FastifySchema | undefined): ZodOpenApiResponseObject {
  const responses: unknown = schema?.response
  const answer =
    typeof responses === 'object' && responses !== null && 200 in responses ? responses[200] : undefined
  if (!(answer instanceof z.ZodType))
    throw new TypeError('a documented route needs a response schema or `ok`')
  return {
    description: answer.description ?? 'The answer',
    headers: commonHeaders,
    content: { 'application/json': { schema: answer } },
  }
}

function problemResponses(
  types: readonly ProblemType[],
): Record<`${4 | 5}${string}`, ZodOpenApiResponseObject> {
  const byStatus = Map.groupBy([...new Set(types)], (type) => problems[type].status)
  return Object.fromEntries(
    [...byStatus].map(([status, group]): [string, ZodOpenApiResponseObject] => [
      `${status}`,
      {
        description: group.map((type) => problems[type].title).join('; '),
        headers: commonHeaders.extend(ownHeaders.get(status) ?? {}),
        content: {
          [PROBLEM_MEDIA_TYPE]: {
            schema: problemSchema,
            examples: Object.fromEntries(
              group.map((type) => [type, { $ref: `#/components/examples/${type}` }]),
            ),
          },
        },
      },
    ]),
  )
}

/** Headers that only answers of a status have. */
const ownHeaders: ReadonlyMap<number, z.ZodRawShape> = new Map<number, z.ZodRawShape>([
  [405, { allow: header('Allow', 'The methods that the path takes', 'GET, HEAD, OPTIONS') }],
  [503, { 'retry-after': header('Retry-After', 'Seconds to wait', '2') }],
])

function header(id: string, description: string, example: string): z.ZodString {
  return z.string().meta({ description, example, header: { id } })
}
