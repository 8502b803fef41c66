import { enableCompileCache } from 'node:module'
import { join } from 'node:path'
import { root } from './core/root.ts'

// Types are stripped and modules compiled once, not at every start. Worker threads look for the variable.
process.env.NODE_COMPILE_CACHE ??= join(root, 'build/compile-cache')
enableCompileCache(process.env.NODE_COMPILE_CACHE)

// Until `serve` takes over, nothing is under way: it is enough to go.
const leave = (): never => process.exit(0)
for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, leave)

const [{ serve }, { createLocalEngine }] = await Promise.all([
  import('./serve.ts'),
  import('./local-engine.ts'),
])
const serving = serve(createLocalEngine)
// after `serve` has its own listeners: without any, a signal that has just come would be lost
for (const signal of ['SIGTERM', 'SIGINT']) process.off(signal, leave)
await serving
