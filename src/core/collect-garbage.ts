import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/** V8's own `gc`: contexts that are made while this flag is set show it. It stays set, for threads do this at the same time. */
function garbageCollector(): () => void {
  setFlagsFromString('--expose-gc')
  return runInNewContext('gc')
}

let collect: (() => void) | undefined

/**
 * Frees what this thread no longer uses, now. For what leaves hundreds of megabytes behind in a thread that may have
 * nothing to do for hours, and so no reason to collect.
 */
export function collectGarbage(): void {
  collect ??= garbageCollector()
  collect()
}
