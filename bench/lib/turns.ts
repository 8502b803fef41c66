import type { Contender } from './contender.ts'
import type { LoadOrder, Measure } from './protocol.ts'

/** Timed runs in a turn take about so long, after one that is not timed: caches and threads are awake then. */
const TURN_MS = 150
const MOST_RUNS = 10
/** A run that takes longer is timed without one before it: the first run of all has warmed it up. */
const LONG_MS = 2000

/** A contender's times in one measure of one net. */
export interface Times {
  readonly contender: string
  readonly measure: Measure
  /** of every timed run */
  readonly ms: readonly number[]
  readonly rounds: number
  /** Σ|v| of its answer */
  readonly size: number | null
  /** instead of times */
  readonly problem?: string
}

interface Seated {
  readonly name: string
  readonly contender: Contender
  /** at most; for one that is only shown for comparison */
  readonly mostRounds?: number
}

interface Limits {
  readonly measures: readonly Measure[]
  readonly rounds: number
  readonly budgetS: number
}

/**
 * All contenders load the net, then take turns: in every round each has its turn of a measure, one after the other, then of the next,
 * so that what else the machine does meets all alike. A measure gets fewer rounds where they would take more than its budget.
 */
export async function takeTurns(
  seated: readonly Seated[],
  order: LoadOrder,
  { measures, rounds, budgetS }: Limits,
): Promise<Times[]> {
  const results: Course[] = []
  for (const seat of seated) {
    const loaded = await attempt(() => seat.contender.load(order))
    if ('problem' in loaded) {
      results.push(new Course(seat, 'forward', `does not load: ${loaded.problem}`))
      continue
    }
    for (const measure of measures)
      if (loaded.value.measures.includes(measure)) results.push(new Course(seat, measure))
  }
  for (const course of results) await course.probe()
  for (const course of results) {
    const sharers = results.filter(({ measure }) => measure === course.measure).length
    course.plan(rounds, (budgetS * 1000) / sharers)
  }
  const inTurn = measures.flatMap((measure) => results.filter((course) => course.measure === measure))
  for (let round = 0; round < rounds; round++) for (const course of inTurn) await course.turn(round)
  return results.map((course) => course.times())
}

/** One contender in one measure, over all rounds. */
class Course {
  readonly measure: Measure
  readonly #seat: Seated
  readonly #ms: number[] = []
  #estimateMs = Number.POSITIVE_INFINITY
  #rounds = 0
  #size: number | null = null
  #problem: string | undefined

  constructor(seat: Seated, measure: Measure, problem?: string) {
    this.#seat = seat
    this.measure = measure
    this.#problem = problem
  }

  /** The first runs: they make plans and fill caches, and tell how long a run takes. */
  async probe(): Promise<void> {
    await this.#run(0, 1)
    if (this.#estimateMs < LONG_MS) await this.#run(0, 2)
  }

  plan(rounds: number, budgetMs: number): void {
    const { mostRounds = rounds } = this.#seat
    this.#rounds = Math.max(1, Math.min(rounds, mostRounds, Math.floor(budgetMs / this.#turnMs())))
  }

  async turn(round: number): Promise<void> {
    if (round < this.#rounds) this.#ms.push(...(await this.#run(this.#warm(), this.#runs())))
  }

  times(): Times {
    const { measure } = this
    const problem = this.#problem === undefined ? {} : { problem: this.#problem }
    return {
      contender: this.#seat.name,
      measure,
      ms: this.#ms,
      rounds: this.#rounds,
      size: this.#size,
      ...problem,
    }
  }

  #warm(): number {
    return this.#estimateMs < LONG_MS ? 1 : 0
  }

  #runs(): number {
    return Math.max(1, Math.min(MOST_RUNS, Math.floor(TURN_MS / this.#estimateMs)))
  }

  #turnMs(): number {
    return (this.#warm() + this.#runs()) * this.#estimateMs
  }

  async #run(warm: number, runs: number): Promise<readonly number[]> {
    if (this.#problem !== undefined) return []
    const { measure } = this
    const answer = await attempt(() => this.#seat.contender.measure({ measure, warm, runs }))
    if ('problem' in answer) {
      this.#problem = answer.problem
      return []
    }
    const { ms, size } = answer.value
    this.#size = size
    this.#estimateMs = Math.min(this.#estimateMs, ...ms)
    return ms
  }
}

const attempt = async <T>(
  work: () => Promise<T>,
): Promise<{ readonly value: T } | { readonly problem: string }> => {
  try {
    return { value: await work() }
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    return { problem: message.split('\n')[0] ?? '' }
  }
}
