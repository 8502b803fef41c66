import { execFile } from 'node:child_process'
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { settingsTable } from '../src/config.ts'
import { fileType } from '../src/imaging/file-type.ts'
import { type Service, startService, stopService } from './helpers/service.ts'

const readme = readFileSync('README.md', 'utf8')
/** The examples: every block marked as shell, each one command or more. */
const examples = [...readme.matchAll(/```sh\n(.*?)```/gs)].map(([, text = '']) => text)
const scripts: Record<string, string> = JSON.parse(readFileSync('package.json', 'utf8')).scripts

describe('README', () => {
  let service: Service
  let origin = ''
  let folder = ''
  beforeAll(async () => {
    service = await startService()
    origin = await service.app.listen({ host: '127.0.0.1', port: 0 })
    folder = mkdtempSync(join(tmpdir(), 'readme-'))
    copyFileSync('test/fixtures/photos/chelsea.png', join(folder, 'cat.png'))
    copyFileSync('test/fixtures/photos/coffee.png', join(folder, 'coffee.png'))
    copyFileSync('test/fixtures/photos/seven.png', join(folder, 'seven.png'))
  })
  afterAll(async () => {
    await stopService(service)
    rmSync(folder, { recursive: true })
  })

  it('has examples', () => expect(examples.length).toBeGreaterThan(4))

  it.each(examples)('runs as written: %s', async (example) => {
    const script = `set -e\ncurl() { command curl --silent --show-error --fail-with-body "$@"; }\n${example}`
    const { stdout } = await promisify(execFile)(
      'sh',
      ['-c', script.replaceAll('localhost:8080', origin.replace('http://', ''))],
      { cwd: folder, maxBuffer: 2 ** 24 },
    )
    for (const [, file = ''] of example.matchAll(/-o (\S+)/g)) {
      const bytes = readFileSync(join(folder, file))
      if (file.endsWith('.zip')) expect(bytes.subarray(0, 4).toString('latin1')).toBe('PK\x03\x04')
      else expect(fileType(bytes)).toEqual({ image: file.split('.').at(-1) })
    }
    if (!example.includes('-o ')) expect(stdout.length).toBeGreaterThan(10)
  })

  it('shows the settings as they are', () => expect(readme).toContain(settingsTable()))

  it('names no script that does not exist, and all that do', () => {
    const named = [...readme.matchAll(/npm (?:run )?([a-z]+)/g)].map(([, name = '']) => name)
    expect(named.filter((name) => scripts[name] === undefined)).toEqual([])
    expect(Object.keys(scripts).filter((name) => !named.includes(name))).toEqual([])
  })

  it('links only to files that exist', () => {
    const links = [...readme.matchAll(/\]\(([^)#:]+)\)/g)].map(([, path = '']) => path)
    expect(links.filter((path) => !existsSync(path))).toEqual([])
  })
})
