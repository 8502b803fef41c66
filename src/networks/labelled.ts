import { NetworkError } from './errors.ts'

/** Classes told apart by labels, at most. */
export const MOST_LABELS = 65_536

/** Labels of samples: each label once, as they first came, and which of them each sample has. */
export interface Labelled {
  readonly labels: readonly string[]
  readonly places: Uint32Array
}

/** Throws NetworkError `bad-data` for more labels than are told apart; `name`: what errors call them. */
export function labelled(given: readonly string[], name: string): Labelled {
  const known = new Map<string, number>()
  const places = Uint32Array.from(given, (label) => {
    const place = known.get(label) ?? known.size
    known.set(label, place)
    if (known.size > MOST_LABELS)
      throw new NetworkError('bad-data', name, `expected at most ${MOST_LABELS} labels, got more`)
    return place
  })
  return { labels: [...known.keys()], places }
}
