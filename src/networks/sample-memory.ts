import { JobError } from './errors.ts'

/** Bytes that the samples of all trainings may take together: those under way, and those that are read. */
const MOST_BYTES = 2 ** 31
/** Told to those that are refused: trainings end one after the other. */
const RETRY_SECONDS = 10

/** Keeps account of the memory that samples take, so that it is refused before it is taken. */
export class SampleMemory {
  #taken = 0

  /** Takes so many bytes; they are given back by what it answers, once. Throws JobError `full`. */
  take(bytes: number): () => void {
    if (this.#taken + bytes > MOST_BYTES)
      throw new JobError(
        'full',
        `the samples of all trainings together may take ${MOST_BYTES} bytes; those under way take ${this.#taken}, and these would take ${bytes}`,
        RETRY_SECONDS,
      )
    this.#taken += bytes
    let isTaken = true
    return () => {
      if (isTaken) this.#taken -= bytes
      isTaken = false
    }
  }
}
