import { binaryOps, type KernelArgs, type KernelName, unaryOps } from './list.ts'

/** A call with the addresses that it has. */
export type Call = { [K in KernelName]: { readonly kernel: K; readonly args: KernelArgs[K] } }[KernelName]

/** Bytes of the operands, one after the other from `base` on (the second one is weights), of the result, of a mask and of doubles. */
const SPACES = [2048, 18_432, 2048, 2048, 2048, 2048, 512] as const
const FIRST_OUTPUT = 4
const DOUBLES = 6
/** The arguments are written behind all tensors. */
const ARGS = SPACES.length

/** Where one of the `SPACES` begins. */
const space = (base: number, index: number): number =>
  SPACES.slice(0, index).reduce<number>((address, bytes) => address + bytes, base)
/** Where the results lie. */
export const RESULTS = { begin: space(0, FIRST_OUTPUT), end: space(0, DOUBLES) } as const

/** What a call's memory takes: operands and results, then encoded arguments. */
export const TENSOR_BYTES = space(0, ARGS)
export const ARG_BYTES = 2048

const window = {
  ...{ batch: 1, inH: 5, inW: 4, outH: 3, outW: 2, kernelH: 3, kernelW: 3 },
  ...{ strideH: 2, strideW: 2, dilationH: 1, dilationW: 1, padTop: 1, padLeft: 1 },
} as const
const adjoint = { ...window, inH: 3, inW: 2, outH: 5, outW: 4 } as const
/** More rows than openProducts looks at, some of them for tiles of either height. */
const pixels = {
  ...window,
  ...{ inH: 2, inW: 11, outH: 2, outW: 11, kernelH: 1, kernelW: 1 },
  ...{ strideH: 1, strideW: 1, padTop: 0, padLeft: 0 },
} as const
const contiguous = [0, 0, 0, 0, 9, 1]
const perColumn = [0, 0, 0, 0, 0, 1]
const dims = [1, 1, 1, 1, 7, 9]

/** Small calls that reach every kernel, each register tile and each elementwise function. */
export function selfTestCalls(base: number): Call[] {
  const [x, w, third, bias, out] = [0, 1, 2, 3, FIRST_OUTPUT].map((index) => space(base, index)) as [
    number,
    number,
    number,
    number,
    number,
  ]
  const epilogue = {
    bias,
    addend: third,
    clampMin: -0.5,
    clampMax: 0.75,
    gate: third,
    gateMin: -0.5,
    gateMax: 1,
    gateBits: 0,
    maskBits: 0,
  }
  const gatedByBits = { ...epilogue, gate: 0, gateBits: w }
  const masking = { ...epilogue, gate: 0, maskBits: space(base, FIRST_OUTPUT + 1) }
  const pooled = { ...window, padBottom: 1, padRight: 1, channels: 5 }
  return [
    ...[3, 8, 16].flatMap((outPerGroup): Call[] =>
      [0, 1].map((transposed) => ({
        kernel: 'conv',
        args: {
          ...{ x, w, out, ...(transposed ? adjoint : window), ...epilogue },
          ...{ groups: 1, inPerGroup: 3, outPerGroup, transposed, turned: 0, sparse: 0 },
        },
      })),
    ),
    ...[gatedByBits, masking].flatMap((ending): Call[] => [
      {
        kernel: 'conv',
        args: {
          ...{ x, w, out, ...window, ...ending },
          ...{ groups: 1, inPerGroup: 3, outPerGroup: 16, transposed: 0, turned: 0, sparse: 0 },
        },
      },
      { kernel: 'depthwise', args: { x, w, out, ...window, ...ending, channels: 32, transposed: 0 } },
    ]),
    ...[1, 2, 3, 4].flatMap((filters) =>
      [0, 1].map(
        (transposed): Call => ({
          kernel: 'narrow',
          args: {
            ...{ x, w, out, ...(transposed ? adjoint : window), ...epilogue },
            ...{ channels: 8, filters, transposed },
          },
        }),
      ),
    ),
    ...[epilogue, gatedByBits, masking].flatMap((ending) =>
      [2, 4].map(
        (tile): Call => ({
          kernel: 'winograd',
          args: {
            ...{ x, w, out, batch: 1, inH: 5, inW: 4, outH: 5, outW: 4, padTop: 1, padLeft: 1 },
            ...{ channels: 8, filters: 16, tile, transposed: 0, turned: 0, sparse: 1, ...ending },
          },
        }),
      ),
    ),
    {
      kernel: 'conv',
      args: {
        ...{ x, w, out, ...adjoint, ...epilogue },
        ...{ groups: 1, inPerGroup: 20, outPerGroup: 16, transposed: 1, turned: 1, sparse: 0 },
      },
    },
    {
      kernel: 'conv',
      args: {
        ...{ x, w, out, ...pixels, ...epilogue },
        ...{ groups: 1, inPerGroup: 8, outPerGroup: 16, transposed: 0, turned: 0, sparse: 1 },
      },
    },
    {
      kernel: 'winograd',
      args: {
        ...{ x, w, out, batch: 1, inH: 5, inW: 4, outH: 5, outW: 4, padTop: 1, padLeft: 1 },
        ...{ channels: 16, filters: 16, tile: 2, transposed: 1, turned: 1, sparse: 0, ...epilogue },
      },
    },
    ...[0, 1].map(
      (transposed): Call => ({
        kernel: 'depthwise',
        args: { x, w, out, ...(transposed ? adjoint : window), ...epilogue, channels: 21, transposed },
      }),
    ),
    ...[0, 1, 2].flatMap((mode): Call[] => [
      { kernel: 'pool', args: { x, out, ...pooled, mode } },
      { kernel: 'poolGrad', args: { ct: third, x, out, ...pooled, mode } },
      { kernel: 'reduce', args: { x, out, outer: 2, length: 11, inner: 9, mode } },
    ]),
    ...unaryOps.map(
      (name, op): Call => ({
        kernel: 'unary',
        // roots and logarithms of positive numbers
        args: { x: name === 'sqrt' || name === 'log' ? w : x, out, length: 11, op, p: 0.3, q: 0.7 },
      }),
    ),
    ...binaryOps.map(
      (name, op): Call => ({
        kernel: 'binary',
        args: {
          ...{ a: name === 'pow' ? w : x, b: third, out, op, p: -0.2, q: 0.4 },
          ...{ dims, aStrides: contiguous, bStrides: perColumn },
        },
      }),
    ),
    {
      kernel: 'select',
      args: {
        ...{ condition: third, a: x, b: w, out, dims },
        ...{ conditionStrides: contiguous, aStrides: contiguous, bStrides: perColumn },
      },
    },
    {
      kernel: 'copy',
      args: { x, out, indices: 0, axis: 0, dims, xStrides: [0, 0, 0, 0, 1, 7], outStrides: contiguous },
    },
    {
      kernel: 'scatterAdd',
      args: { x, out, indices: 0, axis: 4, dims, xStrides: contiguous, outStrides: perColumn },
    },
    { kernel: 'fill', args: { out, length: 21, value: 0.25 } },
    { kernel: 'normal', args: { keys: x, out, batch: 2, length: 11 } },
    {
      kernel: 'weightGrad',
      args: {
        ...{ ...window, padTop: 0, padLeft: 0, inH: 7, inW: 5, x, ct: w, out },
        ...{ groups: 1, inPerGroup: 1, outPerGroup: 18, parts: 1 },
      },
    },
    { kernel: 'accumulate', args: { total: w, x, out, batch: 2, length: 21 } },
    {
      kernel: 'interpolate',
      args: { from: w, way: x, shares: third, out, batch: 2, length: 21, clampMin: -0.25, clampMax: 1 },
    },
    {
      kernel: 'pack',
      args: {
        ...{ w: x, out, groups: 1, taps: 2, k: 3, n: 18 },
        ...{ groupStride: 0, tapStride: 1, kStride: 2, nStride: 6 },
      },
    },
    ...pictureCalls(x, w, third, out, space(base, DOUBLES)),
  ]
}

/** A small picture of 3 channels; the kernels for pictures compute whole vectors of it and throw the rest away. */
function pictureCalls(x: number, w: number, wx: number, out: number, doubles: number): Call[] {
  const picture = {
    ...{ x, out, inH: 6, inW: 9, channels: 3, firstRow: 0, rows: 6, outW: 9 },
    ...{ top: 2, left: 1, kernelH: 5, kernelW: 3, boundary: 4, value: 0 },
  }
  return [
    { kernel: 'separable', args: { ...picture, wy: w, wx } },
    { kernel: 'correlate', args: { ...picture, w } },
    { kernel: 'correlateCast', args: { ...picture, w: doubles, low: -9, high: 9 } },
    { kernel: 'box', args: { ...picture, scale: 0.5 } },
    ...[3, 5].map(
      (side): Call => ({
        kernel: 'rank',
        args: { ...picture, kernelH: side, kernelW: side, index: (side * side) >> 1 },
      }),
    ),
    { kernel: 'rank', args: { ...picture, index: 2 } },
    { kernel: 'bilateral', args: { ...picture, spatial: w, colorFactor: -0.5 } },
    ...[0, 1].map((mode): Call => ({ kernel: 'extreme', args: { ...picture, mode } })),
    ...[0, 1].flatMap((type): Call[] => [
      { kernel: 'toFloat', args: { x: w, out, length: 21, type } },
      { kernel: 'fromFloat', args: { x: w, out, length: 21, type } },
    ]),
    { kernel: 'saturate', args: { x, out, length: 21, low: -1, high: 0 } },
  ]
}

/** The operands of every call; the second one is positive. */
export const selfTestOperands = Float32Array.from({ length: TENSOR_BYTES / 4 }, (_, i) => {
  const value = Math.sin(i * 1.7)
  const isWeight = i * 4 >= space(0, 1) && i * 4 < space(0, 2)
  if (isWeight) return Math.abs(value) + 0.01
  // where channels come in fours, one of each is 0: kernels leave it out
  return i * 4 < space(0, 1) && i % 4 === 3 ? 0 : value
})
new Float64Array(selfTestOperands.buffer, space(0, DOUBLES), 64).set(
  Array.from({ length: 64 }, (_, i) => ((i * 7) % 9) - 4),
)
