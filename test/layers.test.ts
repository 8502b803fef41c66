import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import * as z from 'zod'

type Import = readonly [path: string, target: string]

const forbidden: readonly Import[] = [
  ['src/core/plan/example.ts', '../../pool/pool.ts'],
  ['src/core/ops/example.ts', '../../explain/method.ts'],
  ['src/core/ops/example.ts', '../../errors.ts'],
  ['src/core/ops/example.ts', '../ir/../../errors.ts'],
  ['src/core/ops/example.ts', './../../errors.ts'],
  ['src/core/example.ts', '../errors.ts'],
  ['src/core/example.ts', '../engine.ts'],
  ['src/core/example.ts', '../local-engine.ts'],
  ['src/core/example.ts', '../server.ts'],
  ['src/core/example.ts', '../../routes/index.ts'],
  ['src/core/example.ts', 'fastify'],
  ['src/core/ops/example.ts', 'fastify/types'],
  ['src/core/ops/example.ts', '@fastify/multipart'],
  ['src/pool/example.ts', '../engine.ts'],
  ['src/pool/example.ts', '../tasks.ts'],
  ['src/pool/example.ts', '../explain/run.ts'],
  ['src/pool/example.ts', '../models/registry.ts'],
  ['src/pool/example.ts', '../core/../tasks.ts'],
  ['src/pool/example.ts', 'pino'],
  ['src/onnx/example.ts', '../config.ts'],
  ['src/onnx/example.ts', '../models/card.ts'],
  ['src/onnx/translate/example.ts', '../../config.ts'],
  ['src/imaging/example.ts', '../engine.ts'],
  ['src/imaging/example.ts', '../schemas/common.ts'],
  ['src/imaging/views/example.ts', '../../explain/method.ts'],
  ['src/imaging/charts/example.ts', '../../filters/matrix.ts'],
  ['src/imaging/charts/example.ts', 'fastify'],
  ['src/imaging/example.ts', '@resvg/resvg-js'],
  ['src/networks/example.ts', 'd3-shape'],
  ['src/explain/example.ts', '../engine.ts'],
  ['src/explain/example.ts', '../local-engine.ts'],
  ['src/explain/example.ts', '../../routes/explain.ts'],
  ['src/explain/example.ts', 'fastify'],
  ['src/augment/example.ts', '../engine.ts'],
  ['src/augment/example.ts', '../explain/random.ts'],
  ['src/augment/example.ts', '../../routes/augment.ts'],
  ['src/augment/example.ts', 'fastify'],
  ['src/networks/example.ts', '../pool/pool.ts'],
  ['src/networks/example.ts', 'fastify'],
  ['src/models/example.ts', '../serve.ts'],
  ['src/networks/example.ts', '../models/card.ts'],
  ['src/models/example.ts', '../app.ts'],
  ['src/schemas/example.ts', '../plugins/uploads.ts'],
  ['src/schemas/example.ts', '../../routes/index.ts'],
  ['src/plugins/example.ts', '../../routes/index.ts'],
  ['src/plugins/example.ts', '../local-engine.ts'],
  ['src/engine.ts', './plugins/uploads.ts'],
  ['src/errors.ts', './schemas/problem.ts'],
  ['src/worker.ts', './plugins/uploads.ts'],
  ['routes/example.ts', '../src/app.ts'],
  ['src/a-new-folder/example.ts', '../app.ts'],
]

const allowed: readonly Import[] = [
  ['src/core/plan/example.ts', '../ir/shape.ts'],
  ['src/core/plan/example.ts', '../errors.ts'],
  ['src/core/example.ts', './ir/shape.ts'],
  ['src/core/wasm/example.ts', 'node:worker_threads'],
  ['src/pool/example.ts', '../core/errors.ts'],
  ['src/onnx/example.ts', '../core/ir/graph.ts'],
  ['src/onnx/example.ts', 'protobufjs'],
  ['src/onnx/translate/example.ts', '../../core/ir/graph.ts'],
  ['src/onnx/translate/example.ts', '../fields.ts'],
  ['src/imaging/example.ts', 'sharp'],
  ['src/imaging/views/example.ts', '../view.ts'],
  ['src/imaging/charts/example.ts', '../colormap.ts'],
  ['src/imaging/charts/example.ts', '@resvg/resvg-js'],
  ['src/imaging/charts/example.ts', 'd3-scale'],
  ['src/imaging/charts/example.ts', 'd3-shape'],
  ['src/networks/example.ts', 'd3-contour'],
  ['src/explain/example.ts', '../core/ir/graph.ts'],
  ['src/explain/example.ts', '../imaging/blur.ts'],
  ['src/augment/example.ts', '../core/ir/shape.ts'],
  ['src/augment/example.ts', '../imaging/copy-elements.ts'],
  ['src/networks/example.ts', 'csv-parse/sync'],
  ['src/networks/example.ts', 'yauzl'],
  ['src/models/example.ts', '../onnx/import.ts'],
  ['src/models/example.ts', '../networks/store.ts'],
  ['src/schemas/example.ts', '../augment/groups.ts'],
  ['src/models/example.ts', 'node:fs/promises'],
  ['src/schemas/example.ts', '../explain/index.ts'],
  ['src/schemas/example.ts', 'zod'],
  ['src/plugins/example.ts', '../schemas/query.ts'],
  ['src/plugins/example.ts', '@fastify/multipart'],
  ['src/local-engine.ts', './pool/pool.ts'],
  ['src/app.ts', '../routes/index.ts'],
  ['routes/example.ts', '../src/explain/index.ts'],
  ['routes/example.ts', '../src/plugins/uploads.ts'],
]

/** Other ways to import than `import { … } from`. */
const forms = [
  "import type { Thing } from '../errors.ts'\n\nexport type Other = Thing\n",
  "export { thing } from '../errors.ts'\n",
  "export const thing = await import('../errors.ts')\n",
]

const reportSchema = z.object({
  diagnostics: z.array(z.object({ category: z.string(), location: z.object({ path: z.string() }) })),
})

/** A file of its own for each case; those called example are told apart by number. */
const fileOf = (path: string, kind: string, index: number): string =>
  path.replace('example', `example-${kind}-${index}`)

/** Paths of the files in which the project's lint rules refuse an import. */
const refused = new Set<string>()

beforeAll(() => {
  const folder = mkdtempSync(join(tmpdir(), 'layers-'))
  const write = (path: string, source: string): void => {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), source)
  }
  copyFileSync('biome.json', join(folder, 'biome.json'))
  for (const [kind, rows] of Object.entries({ forbidden, allowed }))
    for (const [index, [path, target]] of rows.entries())
      write(fileOf(path, kind, index), `import { thing } from '${target}'\n\nthing()\n`)
  for (const [index, source] of forms.entries()) write(fileOf('src/core/example.ts', 'form', index), source)

  const { stdout } = spawnSync(
    'biome',
    ['lint', '--vcs-enabled=false', '--reporter=json', '--max-diagnostics=none', '.'],
    { cwd: folder, encoding: 'utf8' },
  )
  rmSync(folder, { recursive: true })
  for (const { category, location } of reportSchema.parse(JSON.parse(stdout)).diagnostics)
    if (category === 'lint/style/noRestrictedImports') refused.add(location.path)
})

describe('imports point down the layers', () => {
  it.each(forbidden.map(([path, target], i) => [path, target, fileOf(path, 'forbidden', i)]))(
    '%s may not import %s',
    (_path, _target, file) => expect(refused).toContain(file),
  )

  it.each(allowed.map(([path, target], i) => [path, target, fileOf(path, 'allowed', i)]))(
    '%s may import %s',
    (_path, _target, file) => expect(refused).not.toContain(file),
  )

  it.each(forms.map((source, i) => [source, fileOf('src/core/example.ts', 'form', i)]))(
    'however an import is written: %j',
    (_source, file) => expect(refused).toContain(file),
  )
})
