/** Blocks this thread: nothing else runs in it meanwhile. */
export const sleep = (ms: number): void =>
  void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)
