import { allRows, type Band } from '../../src/filters/band.ts'
import { kinds } from '../../src/filters/kinds/index.ts'

/** What to try of a kind besides its defaults: even sides above all, since they lie askew. */
const others: Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>> = {
  average: [{ size: [4, 2] }, { size: [11, 11] }],
  disk: [{ radius: 2.5 }],
  gaussian: [{ size: [6, 5], sigma: 2 }],
  log: [{ size: 4 }],
  motion: [{ length: 8, angle: 60 }],
  prewitt: [{ magnitude: true }],
  sobel: [{ direction: 'vertical' }],
  custom: [
    {
      kernel: [
        [1, 2],
        [3, -4],
        [0, 5],
        [7, -1],
      ],
    },
  ],
  scharr: [{ magnitude: true }],
  roberts: [{ direction: 'negative-diagonal' }, { magnitude: true }],
  gabor: [{ frequency: 0.4, theta: 1, part: 'magnitude' }],
  'difference-of-gaussians': [{ lowSigma: 0.4, highSigma: 0.9 }],
  'unsharp-mask': [{ radius: 0.7, strength: 2, threshold: 20 }],
  canny: [{ sigma: 0.5, low: 10, high: 150 }],
  median: [{ size: [4, 2] }],
  erosion: [{ size: [4, 2] }],
  dilation: [{ size: [4, 2] }],
  opening: [{ size: [4, 2] }],
  closing: [{ size: [2, 3] }],
  bilateral: [{ sigmaColor: 60, size: 4 }],
}

/** What a kind cannot do without. */
const needed: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  custom: { kernel: [[1, -2, 3]] },
}

/** Every kind of filter, with its defaults and some parameters besides. */
export const kindExamples = [...kinds.keys()].flatMap((id) =>
  [needed[id] ?? {}, ...(others[id] ?? [])].map((params) => [id, params] as const),
)

const pictureOf = (rows: number, columns: number): Band => {
  const extent = { rows, columns, channels: 2 }
  const data = Float64Array.from({ length: rows * columns * 2 }, (_, i) => (i * i * 37 + i * 101) % 256)
  return { ...extent, ...allRows(extent), data }
}

/** Larger than every kernel here. */
export const picture = pictureOf(18, 16)
/** Smaller than most: what lies beyond its edges repeats it more than once. */
export const small = pictureOf(3, 4)
