/** What the test entry can do. A gate crosses threads as its buffer. */
export interface TestTasks {
  echo: { payload: string; result: string }
  later: { payload: string; result: string }
  fill: { payload: { length: number; value: number }; result: Float32Array }
  sum: { payload: Float32Array; result: number }
  /** stands at the gate until it opens or the task is cancelled */
  hold: { payload: SharedArrayBuffer; result: 'opened' | 'cancelled' }
  /** stands at the gate and hears no cancellation */
  deaf: { payload: SharedArrayBuffer; result: undefined }
  whoami: { payload: undefined; result: number }
  history: { payload: undefined; result: string[] }
  /** opens its resource and answers its name */
  touch: { payload: undefined; result: string }
  fail: { payload: 'core' | 'typed' | 'plain' | 'thrown text'; result: undefined }
  die: { payload: 'exit' | 'uncaught' | 'rejection'; result: undefined }
  /** answers, then dies while the pool may have sent the next task already */
  dieAfterwards: { payload: undefined; result: undefined }
  /** answers each word and how many came with it; dies of `die`, fails with `fail` or `fault`, says nothing of `swallow`, and with `hold` first stands at the gate */
  words: { payload: readonly Word[]; result: readonly string[] }
  uncloneable: { payload: undefined; result: unknown }
  /** leads a team in its resource's memory: stands at the gate until it opens or the run is aborted */
  lead: { payload: SharedArrayBuffer; result: { workerIndex: number; cancelled: boolean } }
}

export type Word = string | { readonly hold: SharedArrayBuffer }

export interface TestResource {
  readonly name: string
  readonly memory?: WebAssembly.Memory
}
