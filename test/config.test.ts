import { describe, expect, test } from 'vitest'
import { ConfigError, readConfig, settings, settingsTable } from '../src/config.ts'

describe('configuration', () => {
  test('has a default for everything, also for empty variables', () => {
    const config = readConfig({ PORT: '', HOME: '/root', UNKNOWN: 'left alone' })
    expect(config).toMatchObject({
      host: '127.0.0.1',
      port: 8080,
      queueLimit: 64,
      bodyLimit: 20 * 2 ** 20,
      preload: [],
      logLevel: 'info',
    })
    expect(config.workers).toBeGreaterThan(0)
    expect(Object.keys(config)).toHaveLength(Object.keys(settings).length)
  })

  test.each([
    ['HOST', '::1', { host: '::1' }],
    ['PORT', '0', { port: 0 }],
    ['WORKERS', '3', { workers: 3 }],
    ['BODY_LIMIT', '1000', { bodyLimit: 1000 }],
    ['BODY_LIMIT', '2 MiB', { bodyLimit: 2 ** 21 }],
    ['CACHE_BYTES', '3GiB', { cacheBytes: 3 * 2 ** 30 }],
    ['MODELS_DIR', '/tmp', { modelsDir: '/tmp' }],
    ['PRELOAD', 'a, b@2', { preload: ['a', 'b@2'] }],
    ['LOG_LEVEL', 'silent', { logLevel: 'silent' }],
  ])('reads %s=%s', (name, value, expected) => {
    expect(readConfig({ [name]: value })).toMatchObject(expected)
  })

  test.each([
    ['HOST', 'a b'],
    ['PORT', '65536'],
    ['PORT', '0x50'],
    ['PORT', '-1'],
    ['WORKERS', '0'],
    ['WORKERS', '33'],
    ['WORKERS', '1.5'],
    ['QUEUE_LIMIT', '10001'],
    ['DEADLINE_MS', '0'],
    ['DEADLINE_MS', '1e3'],
    ['BODY_LIMIT', '0'],
    ['BODY_LIMIT', '2 GiB'],
    ['BODY_LIMIT', '2 MB'],
    ['PIXEL_LIMIT', 'Infinity'],
    ['MODELS_DIR', '/nowhere/at/all'],
    ['PRELOAD', 'a b'],
    ['CACHE_BYTES', '1'],
    ['LOG_LEVEL', 'loud'],
  ])('refuses %s=%s, naming it and its format', (name, value) => {
    const format = Object.entries(settings).find(([known]) => known === name)?.[1].format
    expect(() => readConfig({ [name]: value })).toThrow(
      new ConfigError([`${name}: expected ${format}, got ${JSON.stringify(value)}`]),
    )
  })

  test('names all bad variables at once', () => {
    expect(() => readConfig({ PORT: 'x', WORKERS: 'y' })).toThrow(/^PORT: .*\nWORKERS: .*$/)
  })

  test('has a table with a row for each variable', () => {
    const table = settingsTable()
    for (const name of Object.keys(settings)) expect(table).toContain(`| \`${name}\` |`)
  })
})
