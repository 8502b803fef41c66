import type { KernelArgs, KernelName } from '../../src/core/kernels/list.ts'

/** The picture that is filtered. */
export const PICTURE = { height: 3000, width: 4000, channels: 3 } as const

export interface FilterCase {
  readonly name: string
  readonly title: string
  /** our time ÷ OpenCV's, at most */
  readonly bound?: number
  /** of the picture, from the top; default: all */
  readonly rows?: number
}

/** Sides of the windows of random weights: what a tap of a plain correlation costs. */
export const denseSides = [3, 5, 9, 15, 31, 63, 127] as const

/** Replicated edges; the peers' scripts know the filters by name. */
export const filterCases: readonly FilterCase[] = [
  { name: 'average-5', title: 'average 5×5', bound: 1 },
  { name: 'average-31', title: 'average 31×31' },
  { name: 'gaussian-8', title: 'gaussian σ = 8 (65 taps)', bound: 1 },
  { name: 'laplacian-3', title: 'laplacian 3×3', bound: 1 },
  { name: 'median-3', title: 'median 3×3' },
  { name: 'median-5', title: 'median 5×5', bound: 1.5 },
  { name: 'median-9', title: 'median 9×9, 200 rows', rows: 200 },
  { name: 'minimum-31', title: 'minimum 31×31' },
  { name: 'bilateral-9', title: 'bilateral, diameter 9' },
]

export const denseCases = denseSides.map(
  (side): FilterCase => ({
    name: `dense-${side}`,
    title: `${side}×${side} random weights`,
    rows: side > 31 ? 150 : side > 5 ? 750 : PICTURE.height,
  }),
)

const SAMPLE_STEP = 100_003
/** A few numbers of a filtered picture, to see whether contenders did the same. */
export const sampleOf = (filtered: ArrayLike<number>): number[] =>
  Array.from({ length: Math.ceil(filtered.length / SAMPLE_STEP) }, (_, i) => filtered[i * SAMPLE_STEP] ?? 0)

type Call = { [K in KernelName]: { readonly kernel: K; readonly args: KernelArgs[K] } }[KernelName]

const COLOR_SIGMA = 0.1
const SPACE_SIGMA = 3
/** From here on sums of windows are faster than weights of their rows and columns. */
const FOLDED_SIDE = 21

/** Lays numbers down where kernels find them; answers the address. */
type Place = (values: readonly number[]) => number

/** What gradlens runs for a case: from a picture at `x` to one at `out`. */
export function filterCall(
  { name, rows = PICTURE.height }: FilterCase,
  x: number,
  out: number,
  place: Place,
): Call {
  const [kind, size = '1'] = name.split('-')
  const side = Number(size)
  const picture = (kernelH: number, kernelW = kernelH) => ({
    ...{ x, out, inH: rows, inW: PICTURE.width, channels: PICTURE.channels, firstRow: 0, rows },
    ...{ outW: PICTURE.width, top: (kernelH - 1) >> 1, left: (kernelW - 1) >> 1, kernelH, kernelW },
    ...{ boundary: 2, value: 0 },
  })
  switch (kind) {
    case 'average': {
      // few taps are weighed faster than folded
      const w = side < FOLDED_SIDE ? place(new Array<number>(side).fill(1 / side)) : 0
      if (w) return { kernel: 'separable', args: { ...picture(side), wy: w, wx: w } }
      return { kernel: 'box', args: { ...picture(side), scale: 1 / side ** 2 } }
    }
    case 'gaussian': {
      const w = place(gaussian(side))
      return { kernel: 'separable', args: { ...picture(8 * side + 1), wy: w, wx: w } }
    }
    case 'laplacian':
      return {
        kernel: 'correlate',
        args: { ...picture(3), w: place([1, 4, 1, 4, -20, 4, 1, 4, 1].map((v) => v / 6)) },
      }
    case 'median':
      return { kernel: 'rank', args: { ...picture(side), index: (side * side) >> 1 } }
    case 'minimum':
      return { kernel: 'extreme', args: { ...picture(side), mode: 0 } }
    case 'bilateral': {
      const args = { ...picture(side), spatial: place(disk(side)), colorFactor: -1 / (2 * COLOR_SIGMA ** 2) }
      return { kernel: 'bilateral', args }
    }
    case 'dense':
      return { kernel: 'correlate', args: { ...picture(side), w: place(dense(side)) } }
  }
  throw new RangeError(`no filter ${name}`)
}

function gaussian(sigma: number): number[] {
  const weights = Array.from({ length: 8 * sigma + 1 }, (_, i) =>
    Math.exp(-((i - 4 * sigma) ** 2) / (2 * sigma ** 2)),
  )
  const sum = weights.reduce((a, b) => a + b, 0)
  return weights.map((w) => w / sum)
}

/** A gaussian within a disk, as OpenCV's bilateral filter has it. */
function disk(side: number): number[] {
  const radius = side >> 1
  return Array.from({ length: side * side }, (_, i) => {
    const square = (Math.floor(i / side) - radius) ** 2 + ((i % side) - radius) ** 2
    return square <= radius ** 2 ? Math.exp(-square / (2 * SPACE_SIGMA ** 2)) : 0
  })
}

/** The same in the peers' scripts: no two equal, no zeros, no product of a column and a row. */
const dense = (side: number): number[] =>
  Array.from({ length: side * side }, (_, i) => (1 + ((i * i + 3 * i) % 1009) / 1009) / (1.5 * side * side))
