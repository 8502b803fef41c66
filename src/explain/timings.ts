/** Adds up milliseconds by phase. */
export class Clock<Phase extends string> {
  readonly #totals: Record<string, number> = {}

  measure<T>(phase: Phase, work: () => T): T {
    const start = performance.now()
    try {
      return work()
    } finally {
      this.#totals[phase] = (this.#totals[phase] ?? 0) + performance.now() - start
    }
  }

  get totals(): Readonly<Record<string, number>> {
    return { ...this.#totals }
  }
}
