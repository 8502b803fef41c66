/** A buffer's life: from the step that first writes it to the last that reads it, both included. */
export interface Lifetime {
  readonly bytes: number
  readonly first: number
  readonly last: number
}

interface Buffer {
  readonly life: Lifetime
  readonly index: number
}

export interface Arena {
  /** a multiple of 64 for each buffer */
  readonly offsets: readonly number[]
  readonly bytes: number
}

const ALIGNMENT = 64
/** What an arena in lanes may take, as a multiple of what the buffers take packed. */
const MOST_ROOM = 4 / 3

/** Offsets for buffers so that no two alive at the same step overlap: in lanes, where these do not take much more room. */
export function placeInArena(lifetimes: readonly Lifetime[]): Arena {
  const lanes = inLanes(lifetimes)
  const packed = inGaps(lifetimes)
  return lanes.bytes <= MOST_ROOM * packed.bytes ? lanes : packed
}

/**
 * Largest first, each in the middle of the first lane that is free while it lives. Mostly one of two ranks writes the first half of a
 * buffer and the other one the second: with their middles at the same place they write, whatever the sizes, what they wrote before. A
 * line that the other rank had last is written in twice the time, and where the processors share no cache in 25 times.
 */
function inLanes(lifetimes: readonly Lifetime[]): Arena {
  const lanes: { readonly bytes: number; readonly buffers: Buffer[] }[] = []
  for (const buffer of largestFirst(lifetimes)) {
    const free = lanes.find(({ buffers }) => buffers.every(({ life }) => !liveTogether(life, buffer.life)))
    if (free) free.buffers.push(buffer)
    else lanes.push({ bytes: align(buffer.life.bytes), buffers: [buffer] })
  }
  const offsets = new Array<number>(lifetimes.length).fill(0)
  let start = 0
  for (const { bytes, buffers } of lanes) {
    for (const { life, index } of buffers)
      offsets[index] = start + Math.floor((bytes - life.bytes) / 2 / ALIGNMENT) * ALIGNMENT
    start += bytes
  }
  return { offsets, bytes: start }
}

/** Largest first, each at the lowest gap that fits (greedy by size, Pisarchyk & Lee 2020). */
function inGaps(lifetimes: readonly Lifetime[]): Arena {
  const offsets = new Array<number>(lifetimes.length).fill(0)
  const placed: { start: number; end: number; life: Lifetime }[] = []
  let bytes = 0
  for (const { life, index } of largestFirst(lifetimes)) {
    let start = 0
    for (const other of placed) {
      if (!liveTogether(other.life, life)) continue
      if (start + life.bytes <= other.start) break
      start = Math.max(start, align(other.end))
    }
    const end = start + life.bytes
    offsets[index] = start
    placed.push({ start, end, life })
    placed.sort((a, b) => a.start - b.start)
    bytes = Math.max(bytes, end)
  }
  return { offsets, bytes: align(bytes) }
}

const largestFirst = (lifetimes: readonly Lifetime[]): readonly Buffer[] =>
  lifetimes
    .map((life, index) => ({ life, index }))
    .sort((a, b) => b.life.bytes - a.life.bytes || a.index - b.index)

const liveTogether = (a: Lifetime, b: Lifetime): boolean => a.first <= b.last && b.first <= a.last

const align = (bytes: number): number => Math.ceil(bytes / ALIGNMENT) * ALIGNMENT
