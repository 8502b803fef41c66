import type { Case } from './case.ts'
import type { Sandbox } from './sandbox.ts'

/** A window and the input that it slides over. */
export interface Geometry {
  readonly size?: readonly [h: number, w: number]
  readonly kernel?: readonly [h: number, w: number]
  readonly stride?: readonly [h: number, w: number]
  readonly dilation?: readonly [h: number, w: number]
  readonly padBegin?: readonly [top: number, left: number]
  readonly padEnd?: readonly [bottom: number, right: number]
  readonly batch?: number
}

const outLength = (length: number, pads: number, kernel: number, dilation: number, stride: number): number =>
  Math.floor((length + pads - (kernel - 1) * dilation - 1) / stride) + 1

/** The window's fields for an input of `size`; for its adjoint, with input and output exchanged. */
export function window(g: Geometry, transposed = 0) {
  const [h, w] = g.size ?? [5, 7]
  const [kernelH, kernelW] = g.kernel ?? [3, 3]
  const [strideH, strideW] = g.stride ?? [1, 1]
  const [dilationH, dilationW] = g.dilation ?? [1, 1]
  const [padTop, padLeft] = g.padBegin ?? [1, 1]
  const [padBottom, padRight] = g.padEnd ?? [padTop, padLeft]
  const small = [
    outLength(h, padTop + padBottom, kernelH, dilationH, strideH),
    outLength(w, padLeft + padRight, kernelW, dilationW, strideW),
  ] as const
  const [[inH, inW], [outH, outW]] = transposed ? [small, [h, w]] : [[h, w], small]
  const fields = {
    inH,
    inW,
    outH,
    outW,
    kernelH,
    kernelW,
    strideH,
    strideW,
    dilationH,
    dilationW,
    padTop,
    padLeft,
  }
  return { window: { batch: g.batch ?? 1, ...fields }, padBottom, padRight }
}

/** What a kernel does with its sums. */
export interface Epilogue {
  readonly bias?: boolean
  readonly addend?: boolean
  readonly clamp?: readonly [number, number]
  readonly gate?: readonly [number, number]
  /** a gate by bits, one per output */
  readonly gateBits?: boolean
  /** bits written: within this range */
  readonly maskBits?: readonly [number, number]
}

export function epilogue(box: Sandbox, e: Epilogue, channels: number, outputs: number) {
  const [clampMin, clampMax] = e.clamp ?? [-Infinity, Infinity]
  const [gateMin, gateMax] = e.gate ?? e.maskBits ?? [0, 0]
  return {
    bias: e.bias ? box.whole(channels, 20) : 0,
    addend: e.addend ? box.whole(outputs, 20) : 0,
    clampMin,
    clampMax,
    gate: e.gate ? box.whole(outputs, 3) : 0,
    gateMin,
    gateMax,
    gateBits: e.gateBits ? box.bits(outputs) : 0,
    maskBits: e.maskBits ? box.bits(outputs) : 0,
  }
}

/** The parts that only whole vectors of 16 channels can have. */
export const inBits: readonly (readonly [string, Epilogue])[] = [
  ['a gate by bits', { gateBits: true, addend: true, clamp: [-30, 25] }],
  ['a mask, written', { maskBits: [0, Infinity], bias: true, clamp: [0, 25] }],
  ['a mask of a range', { maskBits: [-1.5, 1.5] }],
]

export const everything: Epilogue = { bias: true, addend: true, clamp: [-30, 25], gate: [-1, 3] }

interface Dense extends Geometry, Epilogue {
  readonly k?: number
  readonly n?: number
  readonly groups?: number
  readonly transposed?: number
  readonly turned?: number
  /** an input of which many numbers are 0, for which the kernel is to look */
  readonly sparse?: boolean
}

export function convCase(title: string, d: Dense): Case<'conv'> {
  return {
    title,
    args(box) {
      const { k = 5, n = 16, groups = 1, transposed = 0, turned = 0 } = d
      const { window: w } = window(d, transposed)
      const taps = w.kernelH * w.kernelW
      const outputs = w.batch * w.outH * w.outW * groups * n
      const [rows, columns] = turned ? [n, k] : [k, n]
      const tiles = Math.ceil(columns / 16)
      const weights = Array.from({ length: groups * tiles * taps * rows * 16 }, (_, i) => {
        const column = (Math.floor(i / (taps * rows * 16)) % tiles) * 16 + (i % 16)
        return column < columns ? ((i * 7919) % 9) - 4 : 0
      })
      return {
        x: d.sparse
          ? box.sparse(w.batch * w.inH * w.inW, k)
          : box.whole(w.batch * w.inH * w.inW * groups * k),
        w: box.place(weights),
        out: box.empty(outputs),
        ...w,
        groups,
        inPerGroup: k,
        outPerGroup: n,
        transposed,
        turned,
        sparse: d.sparse ? 2 : 0,
        ...epilogue(box, d, groups * n, outputs),
      }
    },
  }
}

export const gemm = (title: string, rows: number, k: number, n: number, d: Dense = {}): Case<'conv'> =>
  convCase(title, { size: [1, rows], kernel: [1, 1], padBegin: [0, 0], k, n, ...d })

/** A product of given rows of one length. */
const givenRows = (
  title: string,
  x: readonly (readonly number[])[],
  d: Pick<Dense, 'n' | 'turned'> & Epilogue = {},
): Case<'conv'> => {
  const whole = gemm(title, x.length, x[0]?.length ?? 0, 40, d)
  return { ...whole, args: (box) => ({ ...whole.args(box), x: box.place(x.flat()) }) }
}

/** A product of one row, given. */
const row = (title: string, x: readonly number[], d: Pick<Dense, 'n' | 'turned'> & Epilogue = {}) =>
  givenRows(title, [x], d)

/** A row of 50 numbers, of which one is not 0. */
const oneHot = (index: number, value = 1): number[] => new Array<number>(50).fill(0).with(index, value)

/** So many numbers of both signs. */
const waves = (length: number): number[] => Array.from({ length }, (_, i) => (i % 7) - 3)

/** The windows that dense and depthwise convolutions share, also in their adjoints. */
export const windows: readonly (readonly [string, Geometry])[] = [
  ['a single pixel', { size: [1, 1] }],
  ['a batch', { batch: 3, size: [4, 5] }],
  ['stride 2', { size: [9, 8], stride: [2, 2] }],
  ['stride 3 of a prime size', { size: [11, 13], stride: [3, 3], batch: 2 }],
  ['a stride wider than the kernel', { size: [9, 10], kernel: [1, 2], stride: [2, 3], padBegin: [0, 0] }],
  ['strides that differ', { size: [7, 9], kernel: [5, 2], stride: [1, 3], padBegin: [2, 0] }],
  ['dilation', { size: [9, 11], dilation: [2, 3], padBegin: [2, 3] }],
  ['stride and dilation', { size: [13, 12], stride: [2, 3], dilation: [3, 2], padBegin: [3, 2] }],
  ['asymmetric pads', { size: [6, 7], stride: [2, 2], padBegin: [0, 0], padEnd: [1, 1] }],
  ['more padding than kernel', { size: [3, 4], kernel: [2, 2], padBegin: [3, 2], padEnd: [2, 4] }],
  ['no padding', { size: [6, 8], padBegin: [0, 0] }],
  ['a kernel as large as the input', { size: [5, 6], kernel: [5, 6], padBegin: [0, 0] }],
]

/** Most phases of its adjoint have no rows. */
const wideStrides: Geometry = { size: [2, 3], kernel: [2, 1], stride: [40_000, 50_000], padBegin: [0, 0] }

/** Over a batch as over one line. */
const pointwise: Geometry = { size: [5, 9], kernel: [1, 1], padBegin: [0, 0], batch: 2 }

interface Narrow extends Geometry, Epilogue {
  readonly channels?: number
  readonly filters?: number
  readonly transposed?: number
}

export function narrowCase(title: string, d: Narrow): Case<'narrow'> {
  return {
    title,
    args(box) {
      const { channels = 16, filters = 3, transposed = 0 } = d
      const { window: w } = window(d, transposed)
      const outputs = w.batch * w.outH * w.outW * filters
      return {
        x: box.whole(w.batch * w.inH * w.inW * channels),
        w: box.whole(w.kernelH * w.kernelW * channels * filters),
        out: box.empty(outputs),
        ...w,
        channels,
        filters,
        transposed,
        ...epilogue(box, d, filters, outputs),
      }
    },
  }
}

export const narrow: readonly Case<'narrow'>[] = [
  ...[1, 2, 3, 4].map((filters) => narrowCase(`${filters} filters`, { filters, ...everything })),
  ...[8, 24, 64].map((channels) => narrowCase(`${channels} channels`, { channels })),
  ...windows.map(([title, geometry]) => narrowCase(title, geometry)),
  ...windows.map(([title, geometry]) =>
    narrowCase(`the adjoint of ${title}`, { transposed: 1, ...geometry }),
  ),
  ...[1, 2, 3, 4].map((filters) =>
    narrowCase(`the adjoint to ${filters} filters, all parts`, {
      ...{ filters, transposed: 1, stride: [2, 2], size: [23, 26], batch: 2 },
      ...everything,
    }),
  ),
  narrowCase('bias alone', { bias: true }),
  narrowCase('an addend alone', { addend: true }),
  narrowCase('a clamp alone', { clamp: [0, 6] }),
  narrowCase('a gate alone', { gate: [0, Infinity] }),
  narrowCase('a window of one pixel', pointwise),
  narrowCase('the adjoint of a window of one pixel', { transposed: 1, ...pointwise }),
  narrowCase('the adjoint of strides wider than the input', { transposed: 1, ...wideStrides }),
]

interface Depthwise extends Geometry, Epilogue {
  readonly channels?: number
  readonly transposed?: number
}

export function depthwiseCase(title: string, d: Depthwise): Case<'depthwise'> {
  return {
    title,
    args(box) {
      const { channels = 23, transposed = 0 } = d
      const { window: w } = window(d, transposed)
      const outputs = w.batch * w.outH * w.outW * channels
      return {
        x: box.whole(w.batch * w.inH * w.inW * channels),
        w: box.whole(w.kernelH * w.kernelW * channels),
        out: box.empty(outputs),
        ...w,
        channels,
        transposed,
        ...epilogue(box, d, channels, outputs),
      }
    },
  }
}

export const conv: readonly Case<'conv'>[] = [
  ...[1, 3, 4, 5, 8, 12, 16, 17, 24, 33].map((n) => convCase(`${n} columns`, { n, ...everything })),
  ...[1, 2, 3, 7, 8, 31].map((k) => convCase(`${k} channels`, { k, n: 20 })),
  ...[1, 2, 3, 4, 5, 8, 9, 257, 523].map((rows) => gemm(`a product of ${rows} rows`, rows, 6, 40)),
  gemm('a product whose sums are long', 3, 1031, 17, { bias: true }),
  row('a one-hot row', oneHot(33)),
  row('a row with zeros around and between', [0, 0, 3, 0, -2, 0], everything),
  row('a row with a number at each end', [1, 0, 0, 2]),
  row('a row of zeros', [0, 0, 0, 0, 0], { bias: true }),
  row('a row of one number', [2]),
  convCase('groups', { groups: 3, k: 4, n: 4, ...everything }),
  convCase('groups of odd sizes, batched', { groups: 5, k: 3, n: 7, batch: 2, size: [9, 4], ...everything }),
  convCase('groups of several tiles', { groups: 2, k: 3, n: 37, stride: [2, 2] }),
  ...windows.map(([title, geometry]) => convCase(title, { n: 19, ...geometry })),
  ...windows.map(([title, geometry]) =>
    convCase(`the adjoint of ${title}`, { n: 19, transposed: 1, ...geometry }),
  ),
  convCase('the adjoint in groups, all parts', {
    groups: 2,
    transposed: 1,
    stride: [2, 2],
    size: [7, 6],
    ...everything,
  }),
  convCase('an image to few channels and back', {
    k: 32,
    n: 3,
    transposed: 1,
    stride: [2, 2],
    size: [12, 12],
    padBegin: [0, 0],
  }),
  ...[1, 15, 16, 17, 40].map((k) =>
    gemm(`turned weights, ${k} rows of them`, 9, k, 32, { turned: 1, ...everything }),
  ),
  gemm('turned weights, several blocks of rows', 523, 20, 48, { turned: 1 }),
  gemm('turned weights, long sums', 3, 1031, 16, { turned: 1, bias: true }),
  row('turned weights, a one-hot row', oneHot(33), { turned: 1, n: 48 }),
  row('turned weights, a row with numbers amid zeros', [0, 0, 3, 0, -2, 0], {
    turned: 1,
    n: 16,
    ...everything,
  }),
  row('turned weights, a row of zeros', [0, 0, 0], { turned: 1, n: 16, ...everything }),
  convCase('turned weights, a single window of padding alone', {
    ...{ turned: 1, k: 32, n: 16, size: [1, 1], kernel: [1, 1], stride: [2, 2] },
    ...{ padBegin: [1, 1], padEnd: [0, 0], ...everything },
  }),
  convCase('turned weights, its adjoint', {
    ...{ turned: 1, transposed: 1, k: 32, n: 16, size: [1, 1], kernel: [1, 1], stride: [2, 2] },
    ...{ padBegin: [1, 1], padEnd: [0, 0], ...everything },
  }),
  row('turned weights, a long row to many columns', waves(53), {
    ...{ turned: 1, n: 1040, bias: true, gateBits: true, clamp: [-300, 250] },
  }),
  ...windows.map(([title, geometry]) =>
    convCase(`turned weights, the adjoint of ${title}`, {
      k: 21,
      n: 32,
      transposed: 1,
      turned: 1,
      ...everything,
      ...geometry,
    }),
  ),
  convCase('bias alone', { bias: true, n: 21 }),
  convCase('an addend alone', { addend: true, n: 32 }),
  convCase('a clamp alone', { clamp: [0, 6], n: 32 }),
  convCase('a gate alone', { gate: [0, Infinity], n: 32 }),
  ...inBits.flatMap(([title, parts]) => [
    convCase(title, { n: 48, ...parts }),
    convCase(`${title}, in groups`, { groups: 3, n: 16, batch: 2, ...parts }),
    convCase(`${title}, of an adjoint`, { n: 32, transposed: 1, stride: [2, 2], ...parts }),
  ]),
  row('a long row to many columns', waves(53), {
    ...{ n: 1040, bias: true, gateBits: true, clamp: [-300, 250] },
  }),
  row('a row to many columns, the last of them half a tile', waves(31), { n: 1000, ...everything }),
  row('a row amid zeros to some columns', [0, 0, 3, 0, -2, 0], { n: 176, bias: true }),
  row('turned weights, a longer row', waves(150), { turned: 1, n: 48, ...everything }),
  convCase('a window of one pixel', { n: 19, ...pointwise }),
  convCase('a window of one pixel, in groups', { groups: 3, n: 7, ...pointwise, ...everything }),
  convCase('the adjoint of a window of one pixel', { n: 19, transposed: 1, ...pointwise }),
  givenRows('one-hot rows of one place', [oneHot(33), oneHot(33, 3), oneHot(33, -2)], {
    n: 48,
    ...everything,
  }),
  givenRows('one-hot rows of places apart', [oneHot(20), oneHot(33), oneHot(20)], { n: 41, bias: true }),
  givenRows('one-hot rows, turned weights', [oneHot(20), oneHot(33)], { n: 48, turned: 1, ...everything }),
  givenRows('rows of zeros', [oneHot(9, 0), oneHot(9, 0)], { n: 16, bias: true }),
  givenRows('more rows than zeros are looked for in', new Array<number[]>(17).fill(oneHot(33)), { n: 48 }),
  convCase('the adjoint of strides wider than the input', { transposed: 1, n: 20, ...wideStrides }),
]

export const depthwise: readonly Case<'depthwise'>[] = [
  ...[1, 2, 4, 15, 16, 20, 37, 64].map((channels) =>
    depthwiseCase(`${channels} channels`, { channels, ...everything }),
  ),
  ...windows.map(([title, geometry]) => depthwiseCase(title, geometry)),
  ...windows.map(([title, geometry]) =>
    depthwiseCase(`the adjoint of ${title}`, { transposed: 1, ...geometry }),
  ),
  depthwiseCase('the adjoint, all parts', {
    transposed: 1,
    stride: [2, 2],
    size: [8, 17],
    batch: 2,
    ...everything,
  }),
  depthwiseCase('many rows', { size: [37, 31], kernel: [5, 5], padBegin: [2, 2], channels: 20 }),
  // every strip, on lines that it fills, fits twice with a rest, and does not fit
  ...[2, 3, 5, 7].flatMap((side) =>
    [1, 2].flatMap((stride) =>
      [0, 1].flatMap((transposed) =>
        [6, 7, 17].map((width) =>
          depthwiseCase(
            `${transposed ? 'the adjoint of ' : ''}strips: ${side}x${side} /${stride} on lines of ${width}`,
            {
              ...{ transposed, kernel: [side, side], stride: [stride, stride], channels: 20 },
              ...{ size: [5, width * stride], padBegin: [side >> 1, side >> 1] },
            },
          ),
        ),
      ),
    ),
  ),
  // more lines than the list holds for all the strips of a line
  depthwiseCase('strips of a tall window', {
    kernel: [2001, 3],
    padBegin: [1000, 1],
    size: [2, 700],
    channels: 8,
  }),
  depthwiseCase('bias alone', { bias: true }),
  depthwiseCase('an addend alone', { addend: true }),
  depthwiseCase('a clamp alone', { clamp: [0, 6] }),
  depthwiseCase('a gate alone', { gate: [0, Infinity] }),
  ...inBits.flatMap(([title, parts]) => [
    depthwiseCase(title, { channels: 48, size: [11, 13], ...parts }),
    depthwiseCase(`${title}, of an adjoint`, {
      ...{ channels: 16, transposed: 1, stride: [2, 2], size: [6, 19], ...parts },
    }),
  ]),
  depthwiseCase('a window of one pixel', pointwise),
  depthwiseCase('the adjoint of a window of one pixel', { transposed: 1, ...pointwise }),
  depthwiseCase('the adjoint of strides wider than the input', { transposed: 1, ...wideStrides }),
]
