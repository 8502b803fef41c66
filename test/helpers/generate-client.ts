import { execFile } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { registerHooks } from 'node:module'
import { promisify } from 'node:util'

const folder = new URL('../../build/client/', import.meta.url)
const compiler = new URL('../../node_modules/typescript/bin/tsc', import.meta.url).pathname

/** What a user of the service writes over the generated types. */
const client = `import createClient from 'openapi-fetch'
import type { components, paths } from './schema.ts'

const model = 'efficientnet-lite0'

export async function explain(baseUrl: string, image: Blob) {
  const client = createClient<paths>({ baseUrl })
  const { data, error } = await client.POST('/v1/models/{model}/explain', {
    params: { path: { model }, query: { method: 'integrated-gradients', steps: 8, target: 'tiger cat' } },
    headers: { 'content-type': image.type },
    body: image,
    bodySerializer: (body) => body,
    parseAs: 'blob',
  })
  if (error) throw new Error(error.detail)
  return data
}

export async function likeliest(baseUrl: string, image: Blob): Promise<string | undefined> {
  const client = createClient<paths>({ baseUrl })
  const { data, error } = await client.POST('/v1/models/{model}/predict', {
    params: { path: { model }, query: { top: 1 } },
    headers: { 'content-type': image.type },
    body: image,
    bodySerializer: (body) => body,
  })
  if (error) throw new Error(error.errors?.[0]?.parameter ?? error.title)
  return [data].flat()[0]?.predictions[0]?.label
}


export async function putNetwork(baseUrl: string, model: string): Promise<number | undefined> {
  const client = createClient<paths>({ baseUrl })
  const { data, error } = await client.PUT('/v1/models/{model}', {
    params: { path: { model } },
    body: {
      input: [1, 8, 8],
      layers: [
        { type: 'conv2d', filters: 2, kernel: [3, 5] },
        { type: 'relu' },
        { type: 'fullyConnected', units: 3 },
      ],
    },
  })
  // @ts-expect-error: a ReLU has no units
  const wrong: components['schemas']['Layer'] = { type: 'relu', units: 3 }
  if (error) throw new Error(error.detail)
  return 'classes' in data ? data.classes : wrong.name?.length
}
`

/** What the generated client offers, once it is compiled. */
export interface Client {
  readonly explain: (baseUrl: string, image: Blob) => Promise<Blob>
  readonly likeliest: (baseUrl: string, image: Blob) => Promise<string | undefined>
  readonly putNetwork: (baseUrl: string, model: string) => Promise<number | undefined>
}

/** Generates a client from openapi.yaml into build/client and type-checks it. Rejects with the compiler's complaints. */
export async function generateClient(): Promise<Client> {
  // the generator needs the compiler's JavaScript interface, which ended with TypeScript 6
  const hook = registerHooks({
    resolve: (specifier, context, next) =>
      next(specifier === 'typescript' ? 'typescript-5' : specifier, context),
  })
  const { default: openapiTypescript, astToString } = await import('openapi-typescript')
  const { factory } = (await import('typescript-5')).default
  hook.deregister()
  const nodes = await openapiTypescript(
    readFileSync(new URL('../../openapi.yaml', import.meta.url), 'utf8'),
    {
      // what has a default may be left out
      defaultNonNullable: false,
      transform: ({ format }) => (format === 'binary' ? factory.createTypeReferenceNode('Blob') : undefined),
    },
  )
  mkdirSync(folder, { recursive: true })
  writeFileSync(new URL('schema.ts', folder), astToString(nodes))
  writeFileSync(new URL('client.ts', folder), client)
  writeFileSync(
    new URL('tsconfig.json', folder),
    JSON.stringify({ extends: '../../tsconfig.json', include: ['.'], exclude: [] }),
  )
  await promisify(execFile)(process.execPath, [compiler, '--project', folder.pathname]).catch((error) => {
    throw new Error(`the generated client does not compile:\n${error.stdout}`)
  })
  return import(new URL('client.ts', folder).href)
}
