import { type KernelArgs, type KernelName, kernelFields } from '../../src/core/kernels/list.ts'
import type { PlannedArg, PlannedStep } from '../../src/core/plan/plan.ts'

/** What a kernel call must do at least: a profile compares its time with what the machine needs for that. */
export interface Cost {
  /** additions and multiplications of the plain formula, those with zeros too; a function of one number counts as 1 */
  readonly flops: number
  /** every operand read once and every result written once */
  readonly bytes: number
  /** the call for people: sizes as height×width×channels */
  readonly shape: string
}

const product = (list: readonly number[]): number => list.reduce((a, b) => a * b, 1)
const floats = (...counts: readonly number[]): number => 4 * counts.reduce((a, b) => a + b, 0)
/** Numbers that a strided operand has: broadcast axes are read once. */
const distinct = (dims: readonly number[], strides: readonly number[]): number =>
  product(dims.filter((_, i) => strides[i] !== 0))
const sizes = (dims: readonly number[]): string => dims.slice(dims.findIndex((d) => d !== 1)).join('×')

type Window = KernelArgs['conv' | 'weightGrad' | 'narrow' | 'depthwise' | 'pool' | 'poolGrad']
const inPixels = (a: Window): number => a.batch * a.inH * a.inW
const outPixels = (a: Window): number => a.batch * a.outH * a.outW
const windowText = (a: Window): string =>
  [
    ` ${a.kernelH}×${a.kernelW}`,
    a.strideH * a.strideW > 1 ? ` /${a.strideH}` : '',
    a.dilationH * a.dilationW > 1 ? ` dilated ${a.dilationH}` : '',
  ].join('')
const picture = (batch: number, h: number, w: number, channels: number): string =>
  `${batch > 1 ? `${batch}·` : ''}${h}×${w}×${channels}`

type Dense = KernelArgs['conv' | 'narrow' | 'depthwise']
/** Epilogue operands that are as large as the output. */
const epilogues = (a: Dense | KernelArgs['winograd']): number => (a.addend ? 1 : 0) + (a.gate ? 1 : 0)
const epilogueText = (a: Dense | KernelArgs['winograd']): string =>
  [
    'transposed' in a && a.transposed ? ' adjoint' : '',
    'sparse' in a && a.sparse ? ' sparse' : '',
    a.addend ? ' +add' : '',
    a.gate || ('gateBits' in a && a.gateBits) ? ' +gate' : '',
  ].join('')

const elementwise = (out: number, reads: readonly number[], dims: readonly number[]): Cost => ({
  flops: out,
  bytes: floats(out, ...reads),
  shape: sizes(dims),
})

/** A window over one picture: `flops` for each number of the result. */
function filtered(
  a: KernelArgs['separable' | 'correlate' | 'correlateCast' | 'box' | 'rank' | 'extreme' | 'bilateral'],
  flops: number,
): Cost {
  const outputs = a.rows * a.outW * a.channels
  return {
    flops: outputs * flops,
    bytes: floats(outputs, Math.min(a.inH, a.rows + a.kernelH - 1) * a.inW * a.channels),
    shape: `${picture(1, a.inH, a.inW, a.channels)}→${a.rows}×${a.outW} ${a.kernelH}×${a.kernelW}`,
  }
}

/** One row for each kernel. */
const costs: { readonly [K in KernelName]: (args: KernelArgs[K]) => Cost } = {
  conv: (a) => {
    const taps = a.kernelH * a.kernelW
    const [k, n] = [a.groups * a.inPerGroup, a.groups * a.outPerGroup]
    const isMatrix = a.batch * a.inH * a.outH === 1 && taps === 1 && a.inW === a.outW
    const groups = a.groups > 1 ? ` in ${a.groups}` : ''
    return {
      // the adjoint does the same products as the convolution that it belongs to
      flops: 2 * (a.transposed ? inPixels(a) : outPixels(a)) * taps * k * a.outPerGroup,
      bytes: floats(inPixels(a) * k, taps * k * a.outPerGroup, n, outPixels(a) * n * (1 + epilogues(a))),
      shape: isMatrix
        ? `${a.inW} rows ${k}→${n}${groups}${epilogueText(a)}`
        : `${picture(a.batch, a.inH, a.inW, k)}→${picture(1, a.outH, a.outW, n)}${windowText(a)}${groups}${epilogueText(a)}`,
    }
  },
  weightGrad: (a) => {
    const taps = a.kernelH * a.kernelW
    const [c, m] = [a.groups * a.inPerGroup, a.groups * a.outPerGroup]
    return {
      flops: 2 * outPixels(a) * taps * c * a.outPerGroup,
      bytes: floats(inPixels(a) * c, outPixels(a) * m, a.parts * taps * c * a.outPerGroup),
      shape: `${picture(a.batch, a.inH, a.inW, c)}, ${picture(1, a.outH, a.outW, m)}${windowText(a)}${a.groups > 1 ? ` in ${a.groups}` : ''}`,
    }
  },
  narrow: (a) => {
    const taps = a.kernelH * a.kernelW
    return {
      flops: 2 * (a.transposed ? inPixels(a) : outPixels(a)) * taps * a.channels * a.filters,
      bytes: floats(
        inPixels(a) * a.channels,
        taps * a.channels * a.filters,
        a.filters,
        outPixels(a) * a.filters * (1 + epilogues(a)),
      ),
      shape: `${picture(a.batch, a.inH, a.inW, a.channels)}→${picture(1, a.outH, a.outW, a.filters)}${windowText(a)}${epilogueText(a)}`,
    }
  },
  // the flops of the direct sum: above the roofline where fewer products do
  winograd: (a) => {
    const out = a.batch * a.outH * a.outW
    return {
      flops: 2 * out * 9 * a.channels * a.filters,
      bytes: floats(
        a.batch * a.inH * a.inW * a.channels,
        9 * a.channels * a.filters,
        a.filters,
        out * a.filters * (1 + epilogues(a)),
      ),
      shape: `${picture(a.batch, a.inH, a.inW, a.channels)}→${picture(1, a.outH, a.outW, a.filters)} F(${a.tile}×${a.tile})${epilogueText(a)}`,
    }
  },
  depthwise: (a) => ({
    flops: 2 * (a.transposed ? inPixels(a) : outPixels(a)) * a.kernelH * a.kernelW * a.channels,
    bytes: floats(
      inPixels(a) * a.channels,
      (a.kernelH * a.kernelW + 1) * a.channels,
      outPixels(a) * a.channels * (1 + epilogues(a)),
    ),
    shape: `${picture(a.batch, a.inH, a.inW, a.channels)}→${a.outH}×${a.outW}${windowText(a)}${epilogueText(a)}`,
  }),
  pool: (a) => ({
    flops: outPixels(a) * a.kernelH * a.kernelW * a.channels,
    bytes: floats(inPixels(a) * a.channels, outPixels(a) * a.channels),
    shape: `${picture(a.batch, a.inH, a.inW, a.channels)}→${a.outH}×${a.outW}${windowText(a)}`,
  }),
  poolGrad: (a) => ({
    flops: outPixels(a) * a.kernelH * a.kernelW * a.channels,
    bytes: floats(outPixels(a) * a.channels, inPixels(a) * a.channels * (a.x ? 2 : 1)),
    shape: `${a.outH}×${a.outW}→${picture(a.batch, a.inH, a.inW, a.channels)}${windowText(a)}`,
  }),
  unary: (a) => elementwise(a.length, [a.length], [a.length]),
  binary: (a) =>
    elementwise(product(a.dims), [distinct(a.dims, a.aStrides), distinct(a.dims, a.bStrides)], a.dims),
  select: (a) =>
    elementwise(
      product(a.dims),
      [distinct(a.dims, a.conditionStrides), distinct(a.dims, a.aStrides), distinct(a.dims, a.bStrides)],
      a.dims,
    ),
  copy: (a) => ({
    ...elementwise(
      product(a.dims),
      [distinct(a.dims, a.xStrides), a.indices ? (a.dims[a.axis] ?? 0) : 0],
      a.dims,
    ),
    flops: 0,
  }),
  // what it adds to is read as well
  scatterAdd: (a) =>
    elementwise(
      product(a.dims),
      [product(a.dims), distinct(a.dims, a.xStrides), a.dims[a.axis] ?? 0],
      a.dims,
    ),
  // two hashes, a logarithm, a root and two polynomials
  normal: (a) => ({
    flops: 60 * a.batch * a.length,
    bytes: floats(a.batch * a.length),
    shape: sizes([a.batch, a.length]),
  }),
  fill: (a) => ({ flops: 0, bytes: floats(a.length), shape: `${a.length}` }),
  reduce: (a) => ({
    flops: a.outer * a.length * a.inner,
    bytes: floats(a.outer * a.length * a.inner, a.outer * a.inner),
    shape: `${sizes([a.outer, a.length, a.inner])} over ${a.length}`,
  }),
  accumulate: (a) => ({
    flops: a.batch * a.length,
    bytes: floats((a.batch + 2) * a.length),
    shape: sizes([a.batch, a.length]),
  }),
  interpolate: (a) => ({
    flops: 2 * a.batch * a.length,
    bytes: floats((a.batch + 2) * a.length),
    shape: sizes([a.batch, a.length]),
  }),
  pack: (a) => ({
    flops: 0,
    bytes: floats(a.groups * a.taps * a.k * a.n, a.groups * a.taps * a.k * Math.ceil(a.n / 16) * 16),
    shape: `${a.groups}·${a.taps}·${a.k}×${a.n}`,
  }),
  separable: (a) => filtered(a, 2 * (a.kernelH + a.kernelW)),
  correlate: (a) => filtered(a, 2 * a.kernelH * a.kernelW),
  correlateCast: (a) => filtered(a, 2 * a.kernelH * a.kernelW),
  box: (a) => filtered(a, a.kernelH * a.kernelW),
  rank: (a) => filtered(a, a.kernelH * a.kernelW),
  extreme: (a) => filtered(a, a.kernelH * a.kernelW),
  // a distance, an exponential function and two sums
  bilateral: (a) => filtered(a, a.kernelH * a.kernelW * (5 + 15 / a.channels)),
  toFloat: (a) => elementwise(a.length, [(a.type + 1) * (a.length / 4)], [a.length]),
  fromFloat: (a) => elementwise((a.type + 1) * (a.length / 4), [a.length], [a.length]),
  saturate: (a) => elementwise(a.length, [a.length], [a.length]),
}

/** The cost of a planned step. */
export const costOf = ({ kernel, args }: PlannedStep): Cost =>
  costOfCall(kernel, Object.fromEntries(Object.entries(args).map(([field, arg]) => [field, numberOf(arg)])))

/** An operand as an address: where it will lie does not matter, only that it is there. */
const numberOf = (arg: PlannedArg): number | readonly number[] =>
  typeof arg === 'object' && ('arena' in arg || 'constant' in arg) ? 1 : arg

function costOfCall<K extends KernelName>(
  kernel: K,
  args: Readonly<Record<string, number | readonly number[]>>,
): Cost {
  if (!isCall(kernel, args)) throw new TypeError(`the step of ${kernel} lacks some of the kernel's fields`)
  return costs[kernel](args)
}

/** Whether the arguments are those of the kernel, by its list of fields. */
function isCall<K extends KernelName>(
  kernel: K,
  args: Readonly<Record<string, number | readonly number[]>>,
): args is Readonly<Record<string, number | readonly number[]>> & KernelArgs[K] {
  return Object.entries(kernelFields[kernel]).every(([field, type]) =>
    typeof type === 'string' ? typeof args[field] === 'number' : Array.isArray(args[field]),
  )
}
