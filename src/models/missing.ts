/** For `catch`: what is not there is undefined, every other fault stays one. */
export function missing(error: unknown): undefined {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
  throw error
}
