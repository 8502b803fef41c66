import type { ServedModel } from './engine.ts'
import type { ModelEntry } from './models/registry.ts'

/** A model as the routes see it; `loaded`: whether it is in memory. */
export function servedModel(entry: ModelEntry, loaded: boolean): ServedModel {
  if (entry.status === 'unusable') {
    const { id, version = NO_CARD.version, reason } = entry
    return { ...NO_CARD, id, version, title: id, status: 'unusable', problem: reason }
  }
  const { card, labels } = entry
  const { id, version, title, description, license, source, input, layers } = card
  const status = loaded ? 'loaded' : 'available'
  return { id, version, title, description, license, source, input, labels, camLayer: layers.cam, status }
}

/** What a folder without a readable card shows in the list. */
const NO_CARD: Omit<ServedModel, 'id' | 'title' | 'status'> = {
  version: '0',
  description: '',
  license: 'unknown',
  source: '',
  input: {
    width: 1,
    height: 1,
    color: 'rgb',
    resize: 'bilinear',
    crop: 1,
    mean: [0, 0, 0],
    std: [255, 255, 255],
  },
  labels: [],
  camLayer: undefined,
}
