import { outputNames } from '../networks/labels.ts'
import { networkOf, outputsOf } from '../networks/network.ts'
import type { NetworkSpec } from '../networks/spec.ts'
import type { StoredNetwork } from '../networks/store.ts'
import type { Card } from './card.ts'
import type { MadeModel } from './folder.ts'

/** The file of class names beside a network's card. */
export const LABELS_FILE = 'labels.txt'

/**
 * The card of a network that was made here: pictures of one or three channels come to it as bytes ÷ 255, everything else as
 * numbers. Scores are what stands before a final softmax.
 */
export function networkCard({ id, spec, labels, history }: StoredNetwork): Card {
  const count = history.at(-1)?.epoch ?? 0
  const epochs = count === 0 ? 'not trained yet' : `trained for ${count} ${count === 1 ? 'epoch' : 'epochs'}`
  return {
    id,
    version: '1',
    title: id,
    description: `A network that was made here, of ${spec.layers.length === 1 ? 'one layer' : `${spec.layers.length} layers`}, ${epochs}.`,
    license: 'unknown',
    source: 'made here',
    output: {
      scores: spec.layers.at(-1)?.type === 'softmax' ? 'probabilities' : 'logits',
      ...(labels && { labels: LABELS_FILE }),
    },
    layers: {},
    ...inputOf(spec),
  }
}

function inputOf({ input }: NetworkSpec): Pick<Card, 'input'> {
  const [channels = 1, height, width] = input
  if (height === undefined || width === undefined) return { input: { shape: [channels] } }
  if (channels !== 1 && channels !== 3) return { input: { shape: [channels, height, width] } }
  const perChannel = (value: number) => new Array<number>(channels).fill(value)
  const scale = { mean: perChannel(0), std: perChannel(255) }
  const color = channels === 1 ? 'gray' : 'rgb'
  return { input: { width, height, color, resize: 'bilinear', crop: 1, ...scale } }
}

/** The network as a model that can be served. */
export const madeModel = (network: StoredNetwork, kept: MadeModel['kept']): MadeModel => ({
  status: 'usable',
  origin: 'made',
  id: network.id,
  card: networkCard(network),
  labels: outputNames(network.labels, outputsOf(networkOf(network.spec))),
  network,
  kept,
})
