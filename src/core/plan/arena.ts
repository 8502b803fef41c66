/** A buffer's life: from the step that first writes it to the last that reads it, both included. */
export interface Lifetime {
  readonly bytes: number
  readonly first: number
  readonly last: number
}

const ALIGNMENT = 64

/**
 * Offsets for buffers so that no two alive at the same step overlap: largest first, each at the lowest gap that fits
 * (greedy by size, Pisarchyk & Lee 2020). Offsets are multiples of 64 bytes.
 */
export function placeInArena(lifetimes: readonly Lifetime[]): { offsets: number[]; bytes: number } {
  const offsets = new Array<number>(lifetimes.length).fill(0)
  const placed: { start: number; end: number; life: Lifetime }[] = []
  let bytes = 0
  const bySize = lifetimes
    .map((life, index) => ({ life, index }))
    .sort((a, b) => b.life.bytes - a.life.bytes || a.index - b.index)
  for (const { life, index } of bySize) {
    let start = 0
    for (const other of placed) {
      if (other.life.first > life.last || other.life.last < life.first) continue
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

const align = (bytes: number): number => Math.ceil(bytes / ALIGNMENT) * ALIGNMENT
