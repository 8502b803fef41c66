import { copyFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import pkg from '../package.json' with { type: 'json' }
import { root } from './core/root.ts'

/*
 * Brings the service to build/service/: its modules, and those of the packages that every start needs, in some tens of files. A
 * start that reads a thousand modules takes nearly twice the time. `node src/bundle.ts` does so, and `npm start` when a source is newer.
 */

/** Packages that every start needs. The others stay as they are, and are read when they are needed. */
const BUNDLED: ReadonlySet<string> = new Set([
  ...['fastify', '@fastify/multipart', 'fastify-plugin', 'fastify-type-provider-zod', 'zod'],
  ...['negotiator', 'pino', 'protobufjs', 'pure-rand'],
])

/** CommonJS modules expect it. */
const REQUIRE = `import { createRequire as createRequireOf } from 'node:module'
const require = createRequireOf(import.meta.url)`

/** Where `npm start` takes it from. */
export const serviceFolder = join(root, 'build/service')

/** Bundles the service into a folder, in place of what was there. */
export async function bundle(folder: string): Promise<void> {
  const source = (file: string): string => fileURLToPath(new URL(file, import.meta.url))
  rmSync(folder, { recursive: true, force: true })
  await build({
    entryPoints: ['server.ts', 'worker.ts'].map(source),
    outdir: folder,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: `node${process.versions.node}`,
    external: Object.keys(pkg.dependencies).filter((name) => !BUNDLED.has(name)),
    banner: { js: REQUIRE },
    logLevel: 'warning',
  })
  copyFileSync(source('onnx/onnx.proto'), join(folder, 'onnx.proto'))
  // last: `npm start` takes it for a sign that the bundle is whole
  writeFileSync(join(folder, 'built'), '')
}

if (import.meta.main) await bundle(serviceFolder)
