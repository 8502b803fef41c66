import { accessSync, constants, existsSync, statSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { dirname, resolve } from 'node:path'
import * as z from 'zod'
import { MAX_WORKERS } from './core/wasm/control.ts'

/** One environment variable. `read` takes its text; `format` says, for people, what it must look like and its range. */
interface Setting<T> {
  readonly format: string
  readonly byDefault: T
  /** the default as the README shows it */
  readonly defaultText: string
  readonly description: string
  readonly read: z.ZodType<T, string>
}
const setting = <T>(definition: Setting<T>): Setting<T> => definition

const whole = (from: number, to: number) =>
  z
    .string()
    .regex(/^\d{1,15}$/)
    .transform(Number)
    .pipe(z.int().min(from).max(to))

const KiB = 1024
const MiB = 1024 * KiB
const GiB = 1024 * MiB
const units: ReadonlyMap<string, number> = new Map([
  ['', 1],
  ['KiB', KiB],
  ['MiB', MiB],
  ['GiB', GiB],
])
/** `20971520` or `20 MiB` */
const bytes = (from: number, to: number) =>
  z
    .string()
    .regex(/^\d{1,15} ?([KMG]iB)?$/)
    .transform((text) => Number.parseInt(text, 10) * (units.get(text.replace(/[\d ]/g, '')) ?? 1))
    .pipe(z.int().min(from).max(to))

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false

/** Also of a folder that is not there yet, in one that can be written. */
function isWritableFolder(path: string): boolean {
  if (!existsSync(path)) return isWritableFolder(dirname(resolve(path)))
  if (!isFolder(path)) return false
  try {
    accessSync(path, constants.W_OK | constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** Every setting of the service: the one table that start, README and tests read. */
export const settings = {
  HOST: setting({
    format: 'an IP address or host name',
    byDefault: '127.0.0.1',
    defaultText: '127.0.0.1',
    description: 'Address to listen on; 0.0.0.0 opens the service to the network',
    read: z.string().regex(/^[\w.:-]{1,253}$/),
  }),
  PORT: setting({
    format: 'a whole number from 0 to 65535 (0: any free port)',
    byDefault: 8080,
    defaultText: '8080',
    description: 'Port to listen on',
    read: whole(0, 65_535),
  }),
  WORKERS: setting({
    format: `a whole number from 1 to ${MAX_WORKERS}`,
    byDefault: Math.min(availableParallelism(), MAX_WORKERS),
    defaultText: 'one per core',
    description: 'Threads that compute',
    read: whole(1, MAX_WORKERS),
  }),
  QUEUE_LIMIT: setting({
    format: 'a whole number from 0 to 10000',
    byDefault: 64,
    defaultText: '64',
    description: 'Requests that may wait besides those that run; the next one gets 503',
    read: whole(0, 10_000),
  }),
  DEADLINE_MS: setting({
    format: 'a whole number of milliseconds from 1 to 3600000',
    byDefault: 60_000,
    defaultText: '60000',
    description: 'Time for one request, from its headers to its answer; then it gets 504',
    read: whole(1, 3_600_000),
  }),
  BODY_LIMIT: setting({
    format: 'a number of bytes from 1 to 1 GiB, as 20971520 or 20 MiB',
    byDefault: 20 * MiB,
    defaultText: '20 MiB',
    description: 'Longest request body, all pictures of a batch together; more gets 413',
    read: bytes(1, GiB),
  }),
  PIXEL_LIMIT: setting({
    format: 'a whole number from 1 to 250000000',
    byDefault: 25_000_000,
    defaultText: '25000000',
    description: 'Most pixels (width × height) of a picture; more gets 422',
    read: whole(1, 250_000_000),
  }),
  MODELS_DIR: setting<string | undefined>({
    format: 'the path of a folder',
    byDefault: undefined,
    defaultText: 'none',
    description: 'Folder with more model folders, only read',
    read: z.string().refine(isFolder),
  }),
  DATA_DIR: setting<string | undefined>({
    format: 'the path of a folder that can be written, or made',
    byDefault: undefined,
    defaultText: 'none',
    description:
      'Folder in which networks that are made here and trainings are kept; without it they end with the process',
    read: z.string().refine(isWritableFolder),
  }),
  PRELOAD: setting<readonly string[]>({
    format: 'model ids separated by commas, or all',
    byDefault: [],
    defaultText: 'none',
    description: 'Models loaded at start; the others load on first use',
    read: z
      .string()
      .regex(/^ *[\w.+@-]+( *, *[\w.+@-]+)* *$/)
      .transform((text) => text.split(',').map((id) => id.trim())),
  }),
  CACHE_BYTES: setting({
    format: 'a number of bytes from 1 MiB to 1024 GiB, as 1073741824 or 1 GiB',
    byDefault: GiB,
    defaultText: '1 GiB',
    description: 'Memory for loaded models; beyond it the one unused for longest is dropped',
    read: bytes(MiB, 1024 * GiB),
  }),
  LOG_LEVEL: setting({
    format: 'one of trace, debug, info, warn, error, fatal, silent',
    byDefault: 'info',
    defaultText: 'info',
    description: 'Least level that is logged, as JSON lines on standard output',
    read: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']),
  }),
}

type Settings = typeof settings
type Variable = keyof Settings
type ValueOf<V extends Variable> = Settings[V] extends Setting<infer T> ? T : never
/** `BODY_LIMIT` → `bodyLimit` */
type Camel<S extends string> = S extends `${infer Head}_${infer Tail}`
  ? `${Lowercase<Head>}${Capitalize<Camel<Tail>>}`
  : Lowercase<S>
/** Every setting by its name in camel case, read and validated. */
export type Config = { readonly [V in Variable as Camel<V>]: ValueOf<V> }

/** Bad variables, all of them; the message has a line for each. */
export class ConfigError extends Error {
  constructor(lines: readonly string[]) {
    super(lines.join('\n'))
    this.name = 'ConfigError'
  }
}

/** The configuration from the environment. Unset and empty variables get their default, unknown ones are left alone. */
export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const faults: string[] = []
  const read = <T>(name: Variable, { byDefault, format, read }: Setting<T>): T => {
    const text = env[name]
    if (text === undefined || text === '') return byDefault
    const result = read.safeParse(text)
    if (result.success) return result.data
    faults.push(`${name}: expected ${format}, got ${JSON.stringify(text)}`)
    return byDefault
  }
  const config: Config = {
    host: read('HOST', settings.HOST),
    port: read('PORT', settings.PORT),
    workers: read('WORKERS', settings.WORKERS),
    queueLimit: read('QUEUE_LIMIT', settings.QUEUE_LIMIT),
    deadlineMs: read('DEADLINE_MS', settings.DEADLINE_MS),
    bodyLimit: read('BODY_LIMIT', settings.BODY_LIMIT),
    pixelLimit: read('PIXEL_LIMIT', settings.PIXEL_LIMIT),
    modelsDir: read('MODELS_DIR', settings.MODELS_DIR),
    dataDir: read('DATA_DIR', settings.DATA_DIR),
    preload: read('PRELOAD', settings.PRELOAD),
    cacheBytes: read('CACHE_BYTES', settings.CACHE_BYTES),
    logLevel: read('LOG_LEVEL', settings.LOG_LEVEL),
  }
  if (faults.length > 0) throw new ConfigError(faults)
  return config
}

/** The README's table of settings. */
export const settingsTable = (): string =>
  [
    '| variable | default | format | meaning |',
    '|---|---|---|---|',
    ...Object.entries(settings).map(
      ([name, { defaultText, format, description }]) =>
        `| \`${name}\` | ${defaultText} | ${format} | ${description} |`,
    ),
  ].join('\n')
