import { Network } from './network.ts'
import { lines, range } from './template.ts'

/** Sides of the windows whose median has a network. */
export const medianSides = [3, 5] as const
type Side = (typeof medianSides)[number]

/** Least exchanges that sort so many. */
const sorting: { readonly [S in Side]: readonly (readonly [number, number])[] } = {
  3: [
    [0, 2],
    [0, 1],
    [1, 2],
  ],
  5: [
    [0, 3],
    [1, 4],
    [0, 2],
    [1, 3],
    [0, 1],
    [2, 4],
    [1, 2],
    [3, 4],
    [2, 3],
  ],
}

/** The middle one of 3 or 7 comes to the middle (Devillard 1998). */
const middle: { readonly [S in 3 | 7]: readonly (readonly [number, number])[] } = {
  3: [
    [0, 1],
    [1, 2],
    [0, 1],
  ],
  7: [
    ...([
      [0, 5],
      [0, 3],
      [1, 6],
      [2, 4],
      [0, 1],
      [3, 5],
      [2, 6],
      [2, 3],
    ] as const),
    ...([
      [3, 6],
      [4, 5],
      [1, 4],
      [1, 3],
      [3, 4],
    ] as const),
  ],
}

/**
 * The columns of the window are sorted, with the rows then sorted too. What stands before the diagonal from below to above is too
 * small for the median, but for the largest on the last diagonal before it, and what stands behind it too large, but for the
 * smallest; the rest is the middle one of those on the diagonal and these two. With 3 × 3 the diagonal alone is left.
 */
function medianOfSortedColumns(side: Side): Network {
  const net = new Network()
  const sorted = range(side).map((row) => {
    const wires = range(side).map((tap) => net.load(`rows + ${row} * rowStep + ${tap} * tapStep`))
    net.exchange(wires, sorting[side])
    return wires
  })
  const diagonal = (sum: number) =>
    range(side).flatMap((row) => {
      const wire = sorted[row]?.[sum - row]
      return wire === undefined ? [] : [wire]
    })
  const candidates = diagonal(side - 1)
  if (side === 5) candidates.push(net.fold('pmax', diagonal(side - 2)), net.fold('pmin', diagonal(side)))
  net.exchange(candidates, middle[side === 5 ? 7 : 3])
  net.store(candidates[candidates.length >> 1], 'out')
  return net
}

function sortedColumns(side: Side): Network {
  const net = new Network()
  const wires = range(side).map((row) => net.load(`load<u32>(list, ${4 * row})`))
  net.exchange(wires, sorting[side])
  for (const [row, wire] of wires.entries()) net.store(wire, `out + ${row} * outStep`)
  return net
}

const rowLoop = (net: Network): string => `{
  for (let at: usize = 0; at < bytes; at += 32) {
${lines(net.source('at'), 4)}
  }
}
`

const functions = (side: Side): string => `
/** Sorts ${side} rows of the picture, column by column, into rows \`outStep\` bytes apart, the smallest first. bytes: a multiple of 32. */
function sortColumns${side}(list: usize, out: usize, outStep: usize, bytes: usize): void ${rowLoop(sortedColumns(side))}
/** Medians of windows of ${side} × ${side} whose columns are sorted. */
function medians${side}(rows: usize, rowStep: usize, tapStep: usize, out: usize, bytes: usize): void ${rowLoop(medianOfSortedColumns(side))}`

const dispatch = (name: string, args: string): string =>
  medianSides
    .map(
      (side, i) =>
        `${i ? '  else ' : '  '}${i + 1 < medianSides.length ? `if (side == ${side}) ` : ''}${name}${side}(${args})`,
    )
    .join('\n')

/** Medians of square windows by networks of minima and maxima. */
export const medianRows = (): string => `
/** Whether there is a network for windows of this side. */
export function hasMedian(side: i32): bool {
  return ${medianSides.map((side) => `side == ${side}`).join(' || ')}
}
${medianSides.map(functions).join('')}
/** Sorts the columns of \`side\` rows, whose addresses are in \`list\`, into rows \`outStep\` bytes apart. */
export function sortColumns(side: i32, list: usize, out: usize, outStep: usize, bytes: usize): void {
${dispatch('sortColumns', 'list, out, outStep, bytes')}
}

/** Medians of windows whose columns are sorted, taps \`tapStep\` bytes apart. */
export function medians(side: i32, rows: usize, rowStep: usize, tapStep: usize, out: usize, bytes: usize): void {
${dispatch('medians', 'rows, rowStep, tapStep, out, bytes')}
}
`
