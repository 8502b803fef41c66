import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { buildApp } from './app.ts'
import { readConfig } from './config.ts'
import type { Engine } from './engine.ts'
import { memoryStore } from './networks/memory-store.ts'

const file = new URL('../openapi.yaml', import.meta.url)

/** Routes are only registered here, never called. */
const noEngine: Engine = {
  models: { list: () => [], get: () => undefined },
  networks: memoryStore(),
  started: Promise.resolve(),
  ready: () => false,
  kernels: () => ({}),
  checkLayer: async () => {},
  admit: () => {
    throw new Error('this app only describes itself')
  },
  stats: () => ({ workers: 0, busy: 0 }),
  close: async () => {},
}

/** The document of the service as this source tree describes it. */
export async function openapiText(): Promise<string> {
  const app = await buildApp({ config: readConfig({}), engine: noEngine })
  await app.ready()
  const text = await app.openapi()
  await app.close()
  return text
}

/** `node src/openapi.ts` writes openapi.yaml; with `--check` it fails when the file is not what would be written. */
if (import.meta.main) {
  const text = await openapiText()
  if (!process.argv.includes('--check')) writeFileSync(file, text)
  else if (!existsSync(file) || readFileSync(file, 'utf8') !== text) {
    console.error('openapi.yaml is not current: run node src/openapi.ts')
    process.exitCode = 1
  }
}
