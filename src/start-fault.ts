import { type Config, ConfigError } from './config.ts'
import { toHttpError } from './errors.ts'

type Address = Pick<Config, 'host' | 'port'>

/** Why the port cannot be listened at, by Node's error code, and what to set. */
const listening: ReadonlyMap<string, (address: Address) => string> = new Map<
  string,
  (address: Address) => string
>([
  ['EADDRINUSE', ({ host, port }) => `PORT: another process listens on port ${port} of ${host} already`],
  ['EACCES', ({ port }) => `PORT: this process may not listen on port ${port}`],
  ['EADDRNOTAVAIL', ({ host }) => `HOST: ${host} is not an address of this machine`],
  ['ENOTFOUND', ({ host }) => `HOST: there is no host called ${host}`],
  ['EAI_AGAIN', ({ host }) => `HOST: the address of ${host} could not be looked up`],
])

/** The sentence for what stopped the start and a person can mend: a setting, a model. Undefined for what nobody foresaw. */
export function startFault(error: unknown, address: Address): string | undefined {
  if (error instanceof ConfigError) return error.message
  if (!(error instanceof Error)) return undefined
  const code = 'code' in error && typeof error.code === 'string' ? error.code : ''
  const listen = listening.get(code)
  if (listen && 'syscall' in error && (error.syscall === 'listen' || error.syscall === 'getaddrinfo'))
    return listen(address)
  const { type, message } = toHttpError(error)
  return type === 'unusable-model' ? message : undefined
}
