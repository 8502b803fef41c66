import type { ListedModel } from './engine.ts'
import { inputShape } from './models/card.ts'
import type { ModelEntry } from './models/registry.ts'

/** A model as the routes see it, of an unusable one what is known; `loaded`: what it is in memory. */
export function servedModel(
  entry: ModelEntry,
  loaded: { readonly together: number } | undefined,
): ListedModel {
  if (entry.status === 'unusable') {
    const { id, version, title, status, reason } = entry
    return { id, version, title, status, problem: reason }
  }
  const { card, labels, origin } = entry
  const { id, version, title, description, license, source, input, layers } = card
  return {
    ...{ id, version, title, description, license, source, labels },
    shape: inputShape(input),
    input: 'shape' in input ? undefined : input,
    camLayer: layers.cam,
    status: loaded ? 'loaded' : 'available',
    together: loaded?.together ?? 1,
    kept: origin === 'made' ? entry.kept : undefined,
  }
}
