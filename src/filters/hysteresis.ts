import { type Band, rowLength } from './band.ts'

/**
 * Of the ridges, 1 for each 0 or 1, those that hang together, by any of 8 neighbours, with one as long as `high`. None lies
 * on an outermost pixel. Answers in place: 1 for those, 0 for the others.
 */
export function connectedEdges(ridges: Uint8Array, length: Band, high: number): Uint8Array {
  const { channels } = length
  const below = rowLength(length)
  const neighbours = [-below, 0, below].flatMap((row) => [row - channels, row, row + channels])
  // every ridge is put on the stack once at most
  const stack = new Int32Array(ridges.reduce((count, ridge) => count + ridge, 0))
  let height = 0
  const reach = (at: number) => {
    if (ridges[at] !== RIDGE) return
    ridges[at] = EDGE
    stack[height++] = at
  }
  for (let at = 0; at < ridges.length; at++) if ((length.data[at] ?? 0) >= high) reach(at)
  while (height > 0) {
    const at = stack[--height] ?? 0
    for (const step of neighbours) reach(at + step)
  }
  for (let at = 0; at < ridges.length; at++) ridges[at] = ridges[at] === EDGE ? 1 : 0
  return ridges
}

const RIDGE = 1
const EDGE = 2
