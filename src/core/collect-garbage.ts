import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

type Collector = (options?: { readonly type: 'minor' }) => void

/** V8's own `gc`: contexts that are made while this flag is set show it. It stays set, for threads do this at the same time. */
function garbageCollector(): Collector {
  setFlagsFromString('--expose-gc')
  return runInNewContext('gc')
}

let collect: Collector | undefined

/**
 * Frees what this thread no longer uses, now. For what leaves hundreds of megabytes behind in a thread that may have
 * nothing to do for hours, and so no reason to collect.
 */
export function collectGarbage(): void {
  collect ??= garbageCollector()
  collect()
}

/**
 * Frees what this thread used last and no longer does, in a fraction of a millisecond: not what has outlived two such collections, as
 * in a long task. For pictures in shared memory, of which V8 does not know that they are larger than their handles.
 */
export function collectYoungGarbage(): void {
  collect ??= garbageCollector()
  collect({ type: 'minor' })
}

/** Time for an answer to leave the thread, and for the next question to come, before its garbage is looked at. */
const SOON_MS = 50
let isDue = false

/** `collectYoungGarbage` in a moment, once for all who ask for it meanwhile: after each short task it would delay the next one. */
export function collectYoungGarbageSoon(): void {
  if (isDue) return
  isDue = true
  setTimeout(() => {
    isDue = false
    collectYoungGarbage()
  }, SOON_MS).unref()
}
