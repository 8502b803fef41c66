import type { FastifyRequest } from 'fastify'
import type { Place } from '../engine.ts'
import { ordersOf } from '../filters/compare.ts'
import { FilterError } from '../filters/errors.ts'
import type { CompareResult, StepSpec } from '../filters/job.ts'
import type { ArrayOfNumbers } from '../filters/nested.ts'
import { sentenceOn } from '../filters/sentence.ts'
import { listOf, stepsOf, withFields } from './filter-answers.ts'
import type { FilterInput } from './filter-inputs.ts'
import { checkedPipeline, precisionFor, resultForm, specOf } from './filter-run.ts'

/** Steps that compare takes, at most. */
const MOST_STEPS = 6
/** Numbers of all results together, at most. */
const MOST_NUMBERS = 128_000_000

/** A pipeline's results in several orders, and what is said of them. */
export interface Compared {
  readonly input: FilterInput
  readonly orders: readonly (readonly StepSpec[])[]
  readonly result: CompareResult
  readonly sentence: string
}

/** Runs one input through all orders of its steps. Throws FilterError. */
export async function compared(
  { timings }: FastifyRequest,
  place: Place,
  input: FilterInput,
  format: 'json' | 'png',
): Promise<Compared> {
  const { samples, ask } = input
  const { pipeline, out } = checkedPipeline(input)
  if (ask.steps.length > MOST_STEPS)
    throw new FilterError('bad-parameter', [
      {
        parameter: 'pipeline',
        message: `expected at most ${MOST_STEPS} steps to compare, got ${ask.steps.length}`,
      },
    ])
  const orders = ordersOf(ask.steps)
  const numbers = samples.data.length * (1 + orders.length)
  if (numbers > MOST_NUMBERS)
    throw new FilterError('too-large', [
      {
        parameter: 'filter',
        message: `expected at most ${MOST_NUMBERS} numbers in all results together, got ${numbers}: send a smaller picture`,
      },
    ])
  const as = resultForm(input, out, format, orders.length)
  const precision = precisionFor(input)
  const job = { kind: 'compare', source: samples, pipeline: specOf(ask), orders, precision, as } as const
  const { result, queueMs } = await place.compare(job)
  timings.addAll({ queue: queueMs, ...result.timings })
  const names = ask.steps.map(({ type }) => type)
  return {
    input,
    orders: orders.map((order) => order.flatMap((i) => ask.steps[i] ?? [])),
    result,
    sentence: sentenceOn(result.difference, pipeline, names, orders.length),
  }
}

/** An answer in JSON. */
export function comparisonJson({ input, orders, result, sentence }: Compared, timings: object): Buffer {
  const { boundary, size, mode, intermediate } = input.ask
  const { max, interior, rings, where } = result.difference
  const facts = {
    sentence,
    difference: { max, at: placeIn(input.rank, result.difference), where, interior, rings },
    ...{ boundary, size, mode, intermediate },
    warnings: input.warnings,
    timings,
  }
  const ordered = result.results.flatMap((formed, i) =>
    formed.kind === 'json'
      ? [
          withFields(Buffer.concat([Buffer.from('{"result":'), formed.bytes, Buffer.from('}')]), {
            pipeline: stepsOf(orders[i] ?? []),
          }),
        ]
      : [],
  )
  return Buffer.concat([
    Buffer.from(`${JSON.stringify(facts).slice(0, -1)},"orders":`),
    listOf(ordered),
    Buffer.from('}'),
  ])
}

const placeIn = (
  rank: ArrayOfNumbers['rank'],
  { row, column, channel }: { row: number; column: number; channel: number },
): readonly number[] => (rank === 1 ? [column] : rank === 2 ? [row, column] : [row, column, channel])
