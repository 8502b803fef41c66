import type { ServedModel } from '../engine.ts'
import { didYouMean } from '../faults/near.ts'
import { echo } from './query.ts'

const MOST_LISTED = 10

/**
 * The class that `target=` means: `top`, a number, or a label, exact or else in any case. A message for numbers out of
 * range, labels that no class has, and labels that several have.
 */
export function readTarget(
  text: string,
  { id, labels }: Pick<ServedModel, 'id' | 'labels'>,
): { readonly value: number | 'top' } | { readonly message: string } {
  if (text === 'top') return { value: text }
  const last = labels.length - 1
  if (/^[+-]?\d+$/.test(text)) {
    const index = Number(text)
    if (index >= 0 && index <= last && !text.startsWith('-')) return { value: index }
    return { message: `expected a class number from 0 to ${last} for ${id}, got ${echo(text)}` }
  }
  const wanted = text.toLowerCase()
  const alike = [...labels.keys()].filter((i) => labels[i]?.toLowerCase() === wanted)
  const exact = alike.filter((i) => labels[i] === text)
  const found = exact.length > 0 ? exact : alike
  const [index] = found
  if (index === undefined)
    return {
      message: `expected a class number from 0 to ${last}, a label of ${id}, or top, got ${echo(text)}${didYouMean(text, labels)}`,
    }
  if (found.length === 1) return { value: index }
  const candidates = found.slice(0, MOST_LISTED).map((i) => `${i} (${labels[i]})`)
  return {
    message: `${found.length} classes are called ${echo(text)}: choose by number, ${candidates.join(' or ')}`,
  }
}
