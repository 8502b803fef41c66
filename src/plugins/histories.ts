import { invalidParameters } from '../errors.ts'
import { historyPlot } from '../imaging/history-plot.ts'
import { bestOf } from '../networks/history.ts'
import type { EpochRecord } from '../networks/records.ts'
import type { StoredNetwork } from '../networks/store.ts'
import type { HistoryFormat } from '../schemas/history.ts'
import { mediaTypes } from './negotiation.ts'

/** A network's history in its format. Throws `invalid-parameter` where there is nothing to draw. */
export async function historyAnswer(
  { id, history, diagnostics, training }: StoredNetwork,
  format: HistoryFormat,
): Promise<{ type: string; body: string | Buffer }> {
  const type = mediaTypes[format]
  const best = bestOf(history)
  if (format === 'json')
    return {
      type,
      body: JSON.stringify({ model: id, loss: training?.loss, best, epochs: history, diagnostics }),
    }
  if (history.length === 0)
    throw invalidParameters([
      {
        parameter: 'model',
        message: `expected a network that was trained, got ${id}, which has no history yet`,
      },
    ])
  const facts = [
    epochsOf(history),
    ...(training ? [training.loss, training.optimizer.type] : []),
    ...lastAccuracy(history),
  ]
  const plot = {
    title: `Training of ${id}`,
    facts: facts.join(' · '),
    epochs: history,
    layers: diagnostics,
    best,
  }
  return { type, body: await historyPlot(plot, format) }
}

function lastAccuracy(history: readonly EpochRecord[]): string[] {
  const { accuracy, validationAccuracy } = history.at(-1) ?? {}
  const percent = (share: number) => `${Math.floor(1000 * share) / 10} %`
  if (accuracy === undefined) return []
  const validation = validationAccuracy === undefined ? '' : `, validation ${percent(validationAccuracy)}`
  return [`accuracy at the end: ${percent(accuracy)}${validation}`]
}

function epochsOf(history: readonly EpochRecord[]): string {
  const count = history.at(-1)?.epoch ?? 0
  return count === 1 ? 'one epoch' : `${count} epochs`
}
