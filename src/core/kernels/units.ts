import type { KernelArgs, KernelName } from './list.ts'

/** A unit is not far below this, but for halves of a short call: taking it costs an atomic operation. */
const MIN_UNIT_NS = 20_000
/**
 * Two ranks share what takes longer: both are at the barrier anyway, and what one of them wrote alone the other one would have to fetch in
 * the steps around it.
 */
const MIN_SHARED_NS = 4_000
/** Column tiles that several ranks share evenly. */
const MANY_COLUMNS = 16
/** Units of a large call, about: enough for two ranks to end together, though none takes another one's last unit. */
const MAX_UNITS = 32
/** At least so many of the units that could be: a rank that is slowed down leaves some to the others. */
const FEWER = 2 / 3
/** Shares of the work that differ by less are alike. */
const ALIKE = 0.01
/** So near to the middle, as a share of the rows, is in the middle. */
const NEAR = 0.001

/** A call's grid of work, cut into blocks of whole `rowStep` × `columnStep`. */
export interface Grid {
  readonly rows: number
  readonly columns: number
  /** what one row of one column takes, roughly */
  readonly ns: number
  /** rows that are worked on together, and rows worth keeping together; default 1 */
  readonly rowStep?: number
  readonly rowGrain?: number
  /** default 1 */
  readonly columnStep?: number
}

export interface Cut {
  readonly rowsPerUnit: number
  readonly columnsPerUnit: number
  readonly units: number
}

const product = (dims: readonly number[]): number => dims.reduce((a, b) => a * b, 1)

const stridedGrid = (dims: readonly number[], ns: number): Grid => ({
  rows: product(dims.slice(0, -1)),
  columns: dims.at(-1) ?? 1,
  columnStep: 16,
  ns,
})

/** Floats of the results' rows. Rows first: blocks of columns are the kernels' own. */
const pictureGrid = (
  a: KernelArgs['separable' | 'correlate' | 'correlateCast' | 'box' | 'rank' | 'extreme'],
  ns: number,
): Grid => ({
  rows: a.rows,
  columns: a.outW * a.channels,
  ns,
  rowStep: 4,
  columnStep: 1024,
})

/** A unit begins with as many rows as its windows have. */
const foldGrid = (a: KernelArgs['box' | 'extreme']): Grid => ({
  ...pictureGrid(a, 1 + Math.log2(a.kernelW) / 5),
  rowGrain: Math.max(16, 2 * a.kernelH),
})

const grids: { readonly [K in KernelName]: (args: KernelArgs[K]) => Grid } = {
  conv: (a) => {
    const taps = a.kernelH * a.kernelW
    const phases = a.transposed ? a.strideH * a.strideW : 1
    const width = Math.min(16, a.outPerGroup)
    const rows = a.batch * a.outH * a.outW
    const columns = a.groups * Math.ceil(a.outPerGroup / 16)
    const hasMoreWeights = taps * a.inPerGroup * a.outPerGroup > rows * (a.inPerGroup + a.outPerGroup)
    return {
      rows,
      columns,
      ns: 0.5 + ((taps / phases) * a.inPerGroup * (width + 4)) / 50,
      // tiles of 16 columns come out nearly even with any number of rows
      rowStep: width === 16 ? 1 : 8,
      // a unit turns the weights of its own columns; where there are more of them than of results and what these are made of, roughly, and
      // columns to share, each rank reads its own weights only
      rowGrain: hasMoreWeights && columns >= MANY_COLUMNS ? rows : a.turned ? 264 : 72,
    }
  },
  narrow: (a) => ({
    rows: a.batch * a.outH * a.outW,
    columns: 1,
    ns:
      10 + (a.kernelH * a.kernelW * a.channels * a.filters) / (a.transposed ? a.strideH * a.strideW : 1) / 30,
    rowStep: 24,
    rowGrain: 72,
  }),
  winograd: (a) => {
    const tiles = a.batch * Math.ceil(a.outH / a.tile) * Math.ceil(a.outW / a.tile)
    return {
      rows: tiles,
      columns: a.filters / 16,
      ns: ((a.tile + 2) ** 2 * a.channels) / 3,
      // a unit transforms the weights of its columns: few tiles would not be worth it, and of many there are enough for larger blocks
      rowGrain: tiles < 400 ? 48 : 96,
      // … and transforms the input for them
      columnStep: 4,
    }
  },
  depthwise: (a) => {
    const line = a.transposed ? Math.ceil(a.outW / a.strideW) : a.outW
    return {
      rows: a.batch * a.outH * a.outW,
      columns: a.channels,
      ns: 0.2 + (a.kernelH * a.kernelW) / (a.transposed ? a.strideH * a.strideW : 1) / 20,
      // strips do not go beyond a line
      rowStep: line,
      rowGrain: Math.max(32, line),
      columnStep: 16,
    }
  },
  weightGrad: (a) => ({
    rows: a.parts,
    columns: a.groups * Math.ceil(a.outPerGroup / 16),
    ns: ((a.batch / a.parts) * a.outH * a.outW * a.kernelH * a.kernelW * a.inPerGroup) / 3,
  }),
  pool: (a) => ({
    rows: a.batch * a.outH * a.outW,
    columns: a.channels,
    ns: (a.kernelH * a.kernelW) / 6,
    columnStep: 16,
  }),
  poolGrad: (a) => ({
    rows: a.batch * a.inH,
    columns: 1,
    ns: (a.inW * a.channels * (1 + (a.kernelH * a.kernelW) / (a.strideH * a.strideW))) / 4,
    // a window is visited for each unit that it reaches
    rowStep: a.strideH,
    rowGrain: 2 * a.kernelH,
  }),
  unary: (a) => ({ rows: 1, columns: a.length, ns: 0.5, columnStep: 16 }),
  binary: (a) => stridedGrid(a.dims, 0.4),
  select: (a) => stridedGrid(a.dims, 0.5),
  copy: (a) => stridedGrid(a.dims, 0.7),
  scatterAdd: (a) => {
    const along = a.dims[a.axis] ?? 1
    const last = a.axis === a.dims.length - 1
    const rows = product(a.dims.slice(0, -1)) / (last ? 1 : along)
    return { rows, columns: last ? 1 : (a.dims.at(-1) ?? 1), ns: along, columnStep: last ? 1 : 16 }
  },
  normal: (a) => ({ rows: a.batch, columns: a.length, ns: 4, columnStep: 16 }),
  fill: (a) => ({ rows: 1, columns: a.length, ns: 0.1, columnStep: 16 }),
  reduce: (a) => ({
    rows: a.outer,
    columns: a.inner,
    ns: a.length * 0.25,
    columnStep: a.inner === 1 ? 1 : 16,
  }),
  accumulate: (a) => ({ rows: 1, columns: a.length, ns: 0.3 + a.batch * 0.15, columnStep: 16 }),
  interpolate: (a) => ({ rows: 1, columns: a.length, ns: 0.3 + a.batch * 0.2, columnStep: 16 }),
  pack: (a) => ({
    rows: a.groups * Math.ceil(a.n / 16),
    columns: a.taps,
    ns: a.k * 16,
  }),
  separable: (a) => pictureGrid(a, 0.5 + (a.kernelH + a.kernelW) / 15),
  correlate: (a) => pictureGrid(a, 0.5 + (a.kernelH * a.kernelW) / 25),
  correlateCast: (a) => pictureGrid(a, 0.8 + (a.kernelH * a.kernelW) / 5),
  box: foldGrid,
  rank: (a) => ({
    rows: a.rows,
    columns: a.outW * a.channels,
    ns: 30 + 4 * a.kernelH,
    // tiles share what their windows reach
    rowGrain: Math.max(16, a.kernelH >> 1),
    columnStep: a.outW * a.channels,
  }),
  extreme: foldGrid,
  bilateral: (a) => ({
    rows: a.rows,
    columns: a.outW,
    ns: 10 + a.kernelH * a.kernelW * (1 + a.channels / 4),
    rowGrain: Math.max(8, a.kernelH >> 1),
    columnStep: 256,
  }),
  toFloat: (a) => ({ rows: 1, columns: a.length, ns: 0.2, columnStep: 64 }),
  fromFloat: (a) => ({ rows: 1, columns: a.length, ns: 0.3, columnStep: 64 }),
  saturate: (a) => ({ rows: 1, columns: a.length, ns: 0.4, columnStep: 64 }),
}

/**
 * Cuts a call into units. The results do not depend on the cut, as far as weights are finite: whether a zero meets an infinite one follows
 * from the rows beside it. The cut does not depend on the threads.
 */
export const cutOf = <K extends KernelName>(kernel: K, args: KernelArgs[K], minUnitNs?: number): Cut =>
  cutGrid(grids[kernel](args), minUnitNs)

/** Cuts a grid into units of about some time at least, or halves, for two ranks to end together. */
export function cutGrid(grid: Grid, minUnitNs = MIN_UNIT_NS): Cut {
  const { rows, columns, ns } = grid
  if (rows === 0 || columns === 0) return { rowsPerUnit: 1, columnsPerUnit: 1, units: 0 }
  const workNs = rows * columns * ns
  const isShort = workNs < Math.min(MIN_SHARED_NS, minUnitNs)
  const cuts = cutsOf(grid, isShort ? 1 : wantedUnits(workNs / minUnitNs))
  const shared = cuts.map((cut) => ({ cut, ...halfOf(grid, cut) }))
  const least = Math.min(...shared.map(({ share }) => share))
  const alike = shared.filter(({ share }) => share < least + ALIKE)
  return alike.reduce((best, other) => (other.strayed < best.strayed - NEAR ? other : best)).cut
}

/** About as many units as are wanted; first those of whole rows, which a rank has read or written in the step before. */
function cutsOf(
  { rows, columns, rowStep = 1, rowGrain = rowStep, columnStep = 1 }: Grid,
  wanted: number,
): readonly Cut[] {
  const cut = (down: number, columnsPerUnit: number): Cut => {
    const rowsPerUnit = roundUp(rows / down, rowStep)
    const units = Math.ceil(rows / rowsPerUnit) * Math.ceil(columns / columnsPerUnit)
    return { rowsPerUnit, columnsPerUnit, units }
  }
  const mostAcross = (down: number) => Math.min(Math.ceil(wanted / down), Math.ceil(columns / columnStep))
  // the narrowest that is wanted; one step less, which may come out even where that does not; wider ones
  const widths = (most: number): ReadonlySet<number> => {
    const narrow = roundUp(columns / most, columnStep)
    const less = most > 1 && narrow > columnStep ? [narrow - columnStep] : []
    const wider = Array.from({ length: most - 1 }, (_, i) => roundUp(columns / (most - 1 - i), columnStep))
    return new Set([narrow, ...less, ...wider])
  }
  const mostDown = Math.max(1, Math.min(wanted, Math.floor(rows / rowGrain)))
  const cuts: Cut[] = []
  for (let down = mostDown; down >= 1; down--)
    for (const columnsPerUnit of widths(mostAcross(down))) cuts.push(cut(down, columnsPerUnit))
  const fitting = cuts.filter(({ units }) => units <= 2 * wanted)
  const most = Math.max(...fitting.map(({ units }) => units))
  return fitting.filter(({ units }) => units >= FEWER * Math.min(most, wanted))
}

/**
 * Of two ranks with half of the units each: the part of the work that the one with more of it has, and how far beyond the middle row one of
 * them works, as a share of the rows. Where all steps are halved there, a rank reads what it wrote.
 */
function halfOf(
  { rows, columns }: Grid,
  { rowsPerUnit, columnsPerUnit, units }: Cut,
): { readonly share: number; readonly strayed: number } {
  const across = Math.ceil(columns / columnsPerUnit)
  const half = units >> 1
  const above = Math.min(rows, Math.floor(half / across) * rowsPerUnit)
  const both = half % across === 0 ? 0 : Math.min(rows - above, rowsPerUnit)
  const share = (above * columns + both * (half % across) * columnsPerUnit) / (rows * columns)
  const middle = rows / 2
  return {
    share: Math.max(share, 1 - share),
    strayed: Math.max(Math.abs(above - middle), Math.abs(above + both - middle)) / rows,
  }
}

/** An even number. */
const wantedUnits = (units: number): number => Math.min(MAX_UNITS, 2 * Math.max(1, Math.round(units / 2)))

const roundUp = (value: number, step: number): number => Math.ceil(Math.ceil(value) / step) * step
