import { enableCompileCache } from 'node:module'
import { fileURLToPath } from 'node:url'

// Types are stripped and modules compiled once, not at every start. Worker threads look for the variable.
process.env.NODE_COMPILE_CACHE ??= fileURLToPath(new URL('../build/compile-cache', import.meta.url))
enableCompileCache(process.env.NODE_COMPILE_CACHE)

const [{ serve }, { createLocalEngine }] = await Promise.all([
  import('./serve.ts'),
  import('./local-engine.ts'),
])
await serve(createLocalEngine)
