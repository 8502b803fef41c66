import { type Compared, comparisonJson } from './filter-comparisons.ts'
import { mediaTypes } from './negotiation.ts'
import type { Timer } from './timings.ts'

/** A comparison in its format. */
export async function comparisonBody(
  compared: Compared,
  format: 'json' | 'png',
  timings: Timer,
): Promise<{ type: string; body: string | Buffer }> {
  return { type: mediaTypes.json, body: JSON.stringify(comparisonJson(compared, timings.milliseconds)) }
}
