import { boundaries, type KernelArgs } from '../../../src/core/kernels/list.ts'
import type { Case } from './case.ts'
import type { Sandbox } from './sandbox.ts'

/** A window over a picture; only the rows that the wanted output rows need lie in memory. */
interface Shape {
  readonly size: readonly [h: number, w: number]
  readonly kernel: readonly [h: number, w: number]
  readonly channels?: number
  readonly boundary?: (typeof boundaries)[number]
  /** default: the middle */
  readonly origin?: readonly [top: number, left: number]
  /** output rows, default: as many as the picture has */
  readonly rows?: readonly [first: number, count: number]
  /** default: the picture's width */
  readonly outW?: number
}

type Picture = Omit<KernelArgs['correlate'], 'w'>

/** The kernels' shared fields for a picture of the sandbox, made by `make`. */
function picture(box: Sandbox, s: Shape, make: (length: number) => number): Picture {
  const [inH, inW] = s.size
  const [kernelH, kernelW] = s.kernel
  const channels = s.channels ?? 1
  const [top, left] = s.origin ?? [(kernelH - 1) >> 1, (kernelW - 1) >> 1]
  const [firstRow, rows] = s.rows ?? [0, inH]
  const outW = s.outW ?? inW
  // where windows reach outside, any row may be read
  const isInside = firstRow >= top && firstRow + rows - 1 - top + kernelH <= inH
  const [first, end] = isInside ? [firstRow - top, firstRow + rows - 1 - top + kernelH] : [0, inH]
  const rowLength = inW * channels
  return {
    x: make((end - first) * rowLength) - 4 * first * rowLength,
    out: box.empty(rows * outW * channels),
    ...{ inH, inW, channels, firstRow, rows, outW, top, left, kernelH, kernelW },
    boundary: boundaries.indexOf(s.boundary ?? 'replicate'),
    value: 3,
  }
}

/** The shapes that every kernel with a window is tried on. */
const shapes: readonly (readonly [string, Shape])[] = [
  ['a single pixel', { size: [1, 1], kernel: [3, 3] }],
  ...boundaries.flatMap((boundary): (readonly [string, Shape])[] => [
    [`${boundary} around a prime size`, { size: [7, 13], kernel: [5, 3], channels: 3, boundary }],
    [
      `${boundary} around a window larger than the picture`,
      { size: [3, 2], kernel: [9, 11], boundary, channels: 2 },
    ],
    [`${boundary} around a row`, { size: [1, 29], kernel: [3, 5], boundary }],
    [`${boundary} around a column`, { size: [29, 1], kernel: [5, 3], boundary, channels: 4 }],
    [`${boundary} far outside`, { size: [2, 3], kernel: [3, 3], boundary, origin: [19, -17], outW: 5 }],
  ]),
  ...[1, 2, 3, 4].map((channels): readonly [string, Shape] => [
    `blocks with edges and without, ${channels} channels`,
    { size: [6, Math.floor(1400 / channels)], kernel: [3, 3], channels, boundary: 'mirror' },
  ]),
  ['many channels', { size: [5, 17], kernel: [3, 3], channels: 11, boundary: 'circular' }],
  ['an even window', { size: [9, 8], kernel: [4, 2], channels: 3, boundary: 'symmetric' }],
  ['a window of one row', { size: [6, 90], kernel: [1, 9], boundary: 'constant' }],
  ['a window of one column', { size: [31, 70], kernel: [9, 1], boundary: 'constant' }],
  [
    'all that windows reach',
    { size: [7, 9], kernel: [3, 4], boundary: 'constant', origin: [2, 3], rows: [0, 9], outW: 12 },
  ],
  [
    'whole windows only',
    { size: [9, 80], kernel: [3, 4], channels: 2, origin: [0, 0], rows: [0, 7], outW: 77 },
  ],
  // these lie so that row 0 would be below address 0
  ['a few rows of a tall picture', { size: [100_000, 103], kernel: [5, 5], channels: 3, rows: [77_777, 11] }],
  [
    'the last rows of a tall picture',
    { size: [5003, 67], kernel: [5, 3], channels: 3, rows: [5000, 1], origin: [4, 1] },
  ],
]

/** Sums of products of whole numbers are exact. */
function weighted<K extends 'separable' | 'correlate'>(
  title: string,
  shape: Shape,
  weights: (box: Sandbox, kernelH: number, kernelW: number) => Omit<KernelArgs[K], keyof Picture>,
): Case<K> {
  return {
    title,
    args: (box) =>
      // the fields of every picture, and those that are left
      ({
        ...picture(box, shape, (length) => box.whole(length)),
        ...weights(box, ...shape.kernel),
      }) as KernelArgs[K],
  }
}

const separable: readonly Case<'separable'>[] = [
  ...shapes,
  ...([1, 2, 3, 4, 5, 21] as const).map((side): readonly [string, Shape] => [
    `${side} taps each way`,
    { size: [23, 150], kernel: [side, side], channels: 3, boundary: 'symmetric' },
  ]),
  ['long rows', { size: [3, 90], kernel: [3, 255], channels: 4, boundary: 'circular' }] as const,
].map(([title, shape]) =>
  weighted<'separable'>(title, shape, (box, kernelH, kernelW) => ({
    wy: box.whole(kernelH),
    wx: box.whole(kernelW),
  })),
)

const correlate: readonly Case<'correlate'>[] = [
  ...shapes.map(([title, shape]) =>
    weighted<'correlate'>(title, shape, (box, kernelH, kernelW) => ({ w: box.whole(kernelH * kernelW) })),
  ),
  // rows two at a time, and one left over
  ...[8, 9].map((rows) =>
    weighted<'correlate'>(
      `no weight of 0, ${rows} rows`,
      { size: [12, 150], kernel: [4, 5], channels: 3, rows: [2, rows] },
      (box) => ({ w: box.place(Array.from({ length: 20 }, (_, i) => i - 10.5)) }),
    ),
  ),
  weighted('no weight of 0 in a window of one tap', { size: [3, 5], kernel: [1, 1] }, (box) => ({
    w: box.place([2]),
  })),
  weighted('weights of 0', { size: [8, 90], kernel: [5, 5], channels: 3 }, (box) => ({
    w: box.place(Array.from({ length: 25 }, (_, i) => (i % 7 === 2 ? i : 0))),
  })),
  weighted('no weight at all', { size: [3, 5], kernel: [3, 3] }, (box) => ({ w: box.empty(9) })),
  weighted(
    'a window as large as they come',
    { size: [3, 40], kernel: [255, 255], channels: 4, boundary: 'mirror', rows: [1, 2], outW: 9 },
    (box) => ({ w: box.place(Array.from({ length: 255 * 255 }, (_, i) => (i % 37 === 0 ? 1 : 0))) }),
  ),
]

/** Whole numbers and halves: sums of products are exact, and many lie halfway. */
const correlateCast: readonly Case<'correlateCast'>[] = [
  ...shapes,
  ['a large window', { size: [9, 70], kernel: [15, 15], channels: 3, boundary: 'mirror' }] as const,
].map(([title, shape]) => ({
  title,
  args: (box) => {
    const taps = shape.kernel[0] * shape.kernel[1]
    const weights = Float64Array.from({ length: taps }, (_, i) => ((i * 7) % 9) / 2 - 2)
    return {
      ...picture(box, shape, (length) => box.whole(length)),
      ...{ w: box.place([...new Float32Array(weights.buffer)]), low: -9, high: 12 },
    }
  },
}))

/** As many taps as make the doubling take every turn, and more rows than a group has. */
const folded: readonly (readonly [string, Shape])[] = [
  ...shapes,
  ...[1, 2, 3, 4, 6, 7, 8, 13].map((side): readonly [string, Shape] => [
    `a window of ${side}×${side}`,
    { size: [37, 120], kernel: [side, side], channels: 3, boundary: 'symmetric' },
  ]),
  ['a unit that begins within a group', { size: [60, 40], kernel: [5, 5], rows: [23, 29] }],
  ['rows before the first', { size: [9, 40], kernel: [7, 3], rows: [-5, 21], boundary: 'circular' }],
  [
    'a large window',
    { size: [40, 70], kernel: [255, 255], channels: 4, boundary: 'mirror', rows: [3, 2], outW: 9 },
  ],
]

const box: readonly Case<'box'>[] = folded.map(([title, shape]) => ({
  title,
  args: (box) => ({ ...picture(box, shape, (length) => box.whole(length)), scale: 0.25 }),
}))

const ranked = (
  title: string,
  shape: Shape,
  index = (shape.kernel[0] * shape.kernel[1] - 1) >> 1,
  limit = 0,
): Case<'rank'> => ({
  title,
  args: (box) => ({
    ...picture(box, shape, (length) => (limit ? box.whole(length, limit) : box.real(length))),
    index,
  }),
})

const rank: readonly Case<'rank'>[] = [
  ...shapes.map(([title, shape]) => ranked(title, shape)),
  ...[3, 5].flatMap((side) =>
    [0, 1, 5].map((limit) =>
      ranked(
        `median of ${side}×${side} of ${limit ? `${2 * limit + 1} values` : 'numbers'}`,
        { size: [40, 130], kernel: [side, side], channels: 3, boundary: 'symmetric' },
        undefined,
        limit,
      ),
    ),
  ),
  ...[0, 3, 24, 48].map((index) =>
    ranked(`number ${index} of 7×7`, { size: [23, 31], kernel: [7, 7], channels: 3 }, index),
  ),
  ranked('tiles', { size: [131, 260], kernel: [1, 4], boundary: 'constant' }, 1),
  ranked('a window of equals', { size: [9, 9], kernel: [7, 6], channels: 2 }, undefined, 1e-9),
  ranked('a large window', { size: [20, 30], kernel: [255, 255], boundary: 'mirror', rows: [4, 2], outW: 3 }),
  ranked('a long window', { size: [3, 30], kernel: [1, 4001], boundary: 'circular' }, 1000),
]

const extreme: readonly Case<'extreme'>[] = ['minimum', 'maximum'].flatMap((name, mode) =>
  folded.map(([title, shape]) => ({
    title: `${name}, ${title}`,
    args: (box) => ({ ...picture(box, shape, (length) => box.real(length)), mode }),
  })),
)

const bilateral: readonly Case<'bilateral'>[] = [
  ...shapes.filter(
    ([
      ,
      {
        kernel: [h],
        origin: [top] = [0],
      },
    ]) => top < h,
  ),
  [
    'whole blocks and a rest',
    { size: [9, 700], kernel: [5, 5], channels: 3, boundary: 'symmetric' },
  ] as const,
  [
    'a large window',
    { size: [20, 30], kernel: [63, 63], channels: 3, rows: [4, 2], boundary: 'mirror' },
  ] as const,
].map(([title, shape]: readonly [string, Shape]) => ({
  title,
  // a few thousand products of f32 numbers
  tolerance: 1e-5,
  args: (box) => ({
    ...picture(box, shape, (length) => box.real(length)),
    spatial: box.real(shape.kernel[0] * shape.kernel[1], 0.1, 1),
    colorFactor: -0.7,
  }),
}))

const typeNames = ['bytes', 'words'] as const
const lengths = [1, 7, 8, 15, 16, 17, 1003, 200_003]

const toFloat: readonly Case<'toFloat'>[] = typeNames.flatMap((name, type) =>
  lengths.map((length) => ({
    title: `${length} ${name}`,
    args: (box) => ({ x: box.bits(32 * length), out: box.empty(length), length, type }),
  })),
)

/** Around halves, beyond both ends, and what is no number. */
const awkward = [
  ...[0, -0, 0.5, 0.49999997, -0.5, 1.5, 2.5, 254.5, 255.49997, 255.5, 256, 65534.5, 65535.5, 1e9, 1e30],
  ...[Infinity, -Infinity, Number.NaN, -1, -1.5, -2.5, -1e30, 8388609, 0.99999994, -0.49999997, 3.4999998],
]

const fromFloat: readonly Case<'fromFloat'>[] = typeNames.flatMap((name, type) => [
  ...lengths.map(
    (length): Case<'fromFloat'> => ({
      title: `${length} to ${name}`,
      args: (box) => ({ x: box.real(length, -80, 400), out: box.empty(length), length, type }),
    }),
  ),
  {
    title: `awkward numbers to ${name}`,
    args: (box) => ({ x: box.place(awkward), out: box.empty(awkward.length), length: awkward.length, type }),
  },
])

const saturate: readonly Case<'saturate'>[] = [
  ...[1, 5, 1003].map(
    (length): Case<'saturate'> => ({
      title: `${length} numbers`,
      args: (box) => ({ x: box.real(length, -80, 400), out: box.empty(length), length, low: 0, high: 255 }),
    }),
  ),
  ...[
    [0, 255],
    [-32768, 32767],
    [3, 200],
  ].map(
    ([low = 0, high = 0]): Case<'saturate'> => ({
      title: `awkward numbers to ${low} … ${high}`,
      args: (box) => ({
        ...{ x: box.place(awkward), out: box.empty(awkward.length), length: awkward.length, low, high },
      }),
    }),
  ),
]

export const pictureCases = {
  separable,
  correlate,
  correlateCast,
  box,
  rank,
  extreme,
  bilateral,
  toFloat,
  fromFloat,
  saturate,
}
