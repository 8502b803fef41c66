/** What the pool asks of a logger; pino's fits. */
export interface PoolLogger {
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}

export const silent: PoolLogger = { warn: () => {}, error: () => {} }
