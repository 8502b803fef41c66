import { enableCompileCache } from 'node:module'

// Types are stripped and modules compiled once, not at every start. Worker threads look for the variable.
process.env.NODE_COMPILE_CACHE ??= new URL('../build/compile-cache', import.meta.url).pathname
enableCompileCache(process.env.NODE_COMPILE_CACHE)

const [{ serve }, { createLocalEngine }] = await Promise.all([
  import('./serve.ts'),
  import('./local-engine.ts'),
])
await serve(createLocalEngine)
