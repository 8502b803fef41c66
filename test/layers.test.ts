import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

/** A folder with the project's lint rules and nothing else. */
let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'layers-'))
  copyFileSync('biome.json', join(folder, 'biome.json'))
})
afterAll(() => rmSync(folder, { recursive: true }))

/** What the lint rules say of a file at `path` that imports `target`. */
function lintImport(path: string, target: string): { status: number | null; output: string } {
  const file = join(folder, path)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, `import { thing } from '${target}'\n\nthing()\n`)
  const { status, stdout, stderr } = spawnSync('biome', ['lint', '--vcs-enabled=false', path], {
    cwd: folder,
    encoding: 'utf8',
  })
  return { status, output: stdout + stderr }
}

describe('imports point down the layers', () => {
  it.each([
    ['src/core/plan/example.ts', '../../pool/pool.ts'],
    ['src/core/ops/example.ts', '../../explain/method.ts'],
    ['src/core/example.ts', '../../routes/index.ts'],
    ['src/core/example.ts', '../server.ts'],
    ['src/pool/example.ts', '../explain/run.ts'],
    ['src/pool/example.ts', '../models/registry.ts'],
    ['src/onnx/example.ts', '../models/card.ts'],
    ['src/imaging/example.ts', '../schemas/common.ts'],
    ['src/explain/example.ts', '../../routes/explain.ts'],
    ['src/models/example.ts', '../app.ts'],
  ])('%s may not import %s', (path, target) => {
    const { status, output } = lintImport(path, target)
    expect(output).toContain('noRestrictedImports')
    expect(status).toBe(1)
  })

  it.each([
    ['src/core/plan/example.ts', '../ir/shape.ts'],
    ['src/pool/example.ts', '../core/errors.ts'],
    ['src/onnx/example.ts', '../core/ir/graph.ts'],
    ['src/models/example.ts', '../onnx/import.ts'],
    ['src/explain/example.ts', '../core/ir/graph.ts'],
    ['routes/example.ts', '../src/explain/index.ts'],
  ])('%s may import %s', (path, target) => {
    const { status, output } = lintImport(path, target)
    expect(output).not.toContain('noRestrictedImports')
    expect(status).toBe(0)
  })
})
