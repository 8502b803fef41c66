import { type CaseTable, distinct, ints, linear, smooth, values, x } from './case.ts'
import { windowCases } from './window-cases.ts'

const positive = [0.3, 3] as const

/** Rows for every op. */
export const cases: CaseTable = {
  ...windowCases,

  neg: [linear([x([2, 3])], {}), linear([x([2, 3, 3, 5])], {})],
  abs: [smooth([x([3, 5], [-2, 2], [0])], {})],
  sign: [smooth([x([7], [-2, 2], [0])], {})],
  sqrt: [smooth([x([3, 2], positive)], {})],
  exp: [smooth([x([2, 3])], {})],
  log: [smooth([x([5], positive)], {})],
  erf: [smooth([x([11], [-4, 4])], {})],

  relu: [smooth([x([3, 5], [-2, 2], [0])], {}), smooth([x([1, 3, 3, 2], [-2, 2], [0])], {})],
  clip: [
    smooth([x([13], [-8, 8], [0, 6])], { min: 0, max: 6 }),
    smooth([x([13], [-3, 3], [-1, 1])], { min: -1, max: 1 }),
    smooth([x([7], [-3, 3], [1])], { min: Number.NEGATIVE_INFINITY, max: 1 }),
  ],
  leakyRelu: [smooth([x([13], [-2, 2], [0])], { alpha: 0.1 }), smooth([x([5], [-2, 2], [0])], { alpha: 2 })],
  elu: [smooth([x([13], [-3, 2], [0])], { alpha: 1 }), smooth([x([13], [-3, 2], [0])], { alpha: 0.3 })],
  sigmoid: [smooth([x([3, 4], [-6, 6])], {})],
  hardSigmoid: [
    smooth([x([17], [-5, 5], [-2.5, 2.5])], { alpha: 0.2, beta: 0.5 }),
    smooth([x([17], [-5, 5], [-3, 3])], { alpha: 1 / 6, beta: 0.5 }),
  ],
  hardSwish: [smooth([x([17], [-5, 5], [-3, 3])], {})],
  tanh: [smooth([x([9])], {})],
  softplus: [smooth([x([9], [-5, 5])], {})],
  gelu: [
    smooth([x([9], [-4, 4])], { approximate: 'none' }),
    smooth([x([9], [-4, 4])], { approximate: 'tanh' }),
  ],
  prelu: [
    smooth([x([2, 3, 2, 2], [-2, 2], [0]), x([3, 1, 1])], {}),
    smooth([x([2, 3], [-2, 2], [0]), x([])], {}),
    smooth([x([2, 3], [-2, 2], [0]), x([2, 3])], {}),
  ],
  gate: [
    smooth([x([3, 4]), x([3, 4], [-2, 2], [0])], { lo: 0, hi: Number.POSITIVE_INFINITY }),
    smooth([x([3, 4]), x([3, 4], [-8, 8], [0, 6])], { lo: 0, hi: 6 }),
    smooth([x([2, 3, 4, 4]), x([2, 3, 1, 1], [-2, 2], [0])], { lo: 0, hi: Number.POSITIVE_INFINITY }),
  ],

  add: [
    linear([x([2, 3]), x([2, 3])], {}),
    linear([x([2, 3, 4, 5]), x([3, 1, 1])], {}),
    linear([x([3, 1]), x([1, 4])], {}),
    linear([x([]), x([2, 2])], {}),
  ],
  sub: [linear([x([2, 3]), x([2, 3])], {}), linear([x([4]), x([3, 1])], {}), linear([x([2, 2]), x([])], {})],
  mul: [
    linear([x([2, 3]), x([2, 3])], {}),
    linear([x([2, 3, 4, 5]), x([2, 3, 1, 1])], {}),
    linear([x([5]), x([2, 3, 1])], {}),
  ],
  div: [
    smooth([x([2, 3]), x([2, 3], positive)], {}),
    smooth([x([3, 1]), x([4], positive)], {}),
    smooth([x([2, 3, 2]), x([], positive)], {}),
  ],
  pow: [
    smooth([x([2, 3], positive), x([2, 3])], {}),
    smooth([x([2, 3], [-2, 2]), values([], [2])], {}),
    smooth([x([2, 3], [-2, 2]), values([], [3])], {}),
    smooth([x([2, 3], positive), values([3], [0, -1, 0.5])], {}),
    smooth([x([], positive), x([4])], {}),
  ],
  equal: [linear([values([2, 2], [1, 2, 3, 4]), values([2], [1, 4])], {})],
  where: [
    linear([values([2, 2], [1, 0, 0, 1], 'bool'), x([2, 2]), x([2, 2])], {}),
    linear([values([3, 1], [1, 0, 1], 'bool'), x([2]), x([])], {}),
    linear([values([1, 2, 1, 1], [0, 1], 'bool'), x([2, 2, 3, 3]), x([2, 1, 3, 3])], {}),
  ],

  matMul: [
    linear([x([3, 4]), x([4, 5])], {}),
    linear([x([2, 3, 4]), x([4, 5])], {}),
    linear([x([3, 4]), x([2, 4, 5])], {}),
    linear([x([2, 1, 3, 4]), x([5, 4, 2])], {}),
    linear([x([2, 3, 1, 7]), x([2, 3, 7, 1])], {}),
    linear([x([3, 4]), x([1, 1, 4, 17])], {}),
  ],
  gemm: [
    linear([x([3, 4]), x([4, 5])], { alpha: 1, beta: 1, transA: false, transB: false }),
    linear([x([3, 4]), x([5, 4]), x([5])], { alpha: 1, beta: 1, transA: false, transB: true }),
    linear([x([4, 3]), x([4, 5]), x([3, 1])], { alpha: 0.5, beta: 1, transA: true, transB: false }),
    linear([x([4, 3]), x([5, 4]), x([3, 5])], { alpha: 2, beta: -0.5, transA: true, transB: true }),
    linear([x([1, 17]), x([17, 33]), x([])], { alpha: 1, beta: 3, transA: false, transB: false }),
  ],

  reduceSum: [
    linear([x([2, 3, 4])], { axes: [1], keepDims: true }),
    linear([x([2, 3, 4, 5])], { axes: [0, 2, 3], keepDims: false }),
    linear([x([2, 3, 4, 5])], { axes: [1, 3], keepDims: false }),
    linear([x([2, 3, 4, 5])], { axes: [2], keepDims: true }),
    linear([x([3, 2])], { axes: [0, 1], keepDims: false }),
  ],
  accumulate: [
    linear([x([1, 4, 5, 3]), x([2, 3, 4, 5])], {}),
    linear([x([1, 1, 1, 17]), x([3, 17, 1, 1])], {}),
    linear([x([1, 6, 3, 1]), x([1, 1, 6, 3])], {}),
  ],
  interpolate: [
    linear([x([1, 4, 5, 3]), x([1, 4, 5, 3]), x([2])], {}),
    linear([x([1, 1, 1, 17]), x([1, 1, 1, 17]), x([3])], {}),
    linear([x([1, 6, 3, 1]), x([1, 6, 3, 1]), x([1])], {}),
  ],
  reduceMean: [
    linear([x([2, 3, 4, 5])], { axes: [2, 3], keepDims: false }),
    linear([x([2, 3, 4, 5])], { axes: [1], keepDims: true }),
    linear([x([2, 3, 4, 5])], { axes: [0, 2], keepDims: false }),
    linear([x([7])], { axes: [0], keepDims: true }),
  ],
  reduceMax: [
    smooth([distinct([2, 3, 4])], { axes: [2], keepDims: false }),
    smooth([distinct([2, 3, 4, 5])], { axes: [1, 2], keepDims: true }),
    smooth([distinct([5])], { axes: [0], keepDims: false }),
  ],

  batchNorm: [
    smooth([x([2, 3, 4, 5]), x([3]), x([3]), x([3]), x([3], positive)], { epsilon: 1e-5 }),
    smooth([x([4, 3]), x([3]), x([3]), x([3]), x([3], positive)], { epsilon: 0.1 }),
    smooth([x([2, 3, 7]), x([3]), x([3]), x([3]), x([3], positive)], { epsilon: 0.01 }),
  ],
  layerNorm: [
    smooth([x([2, 3, 5]), x([5]), x([5])], { axis: 2, epsilon: 1e-5 }),
    smooth([x([2, 3, 5]), x([3, 5])], { axis: -2, epsilon: 1e-3 }),
    smooth([x([2, 3, 4, 2]), x([]), x([2])], { axis: 1, epsilon: 1e-3 }),
  ],
  instanceNorm: [
    smooth([x([2, 3, 4, 5]), x([3]), x([3])], { epsilon: 1e-5 }),
    smooth([x([2, 3, 7]), x([3]), x([3])], { epsilon: 0.1 }),
  ],

  softmax: [
    smooth([x([2, 5])], { axis: -1 }),
    smooth([x([2, 3, 4])], { axis: 1 }),
    smooth([x([2, 3, 2, 2])], { axis: 1 }),
  ],
  logSoftmax: [smooth([x([2, 5])], { axis: 1 }), smooth([x([2, 3, 4])], { axis: 0 })],

  reshape: [linear([x([2, 3, 4])], { shape: [6, 4] }), linear([x([2, 3, 2, 2])], { shape: [2, 12] })],
  transpose: [
    linear([x([2, 3])], { perm: [1, 0] }),
    linear([x([2, 3, 4, 5])], { perm: [0, 2, 3, 1] }),
    linear([x([2, 3, 4, 5])], { perm: [3, 0, 1, 2] }),
    linear([x([2, 3, 4, 2, 3])], { perm: [2, 1, 0, 4, 3] }),
  ],
  expand: [
    linear([x([3, 1])], { shape: [2, 3, 4] }),
    linear([x([2, 3, 1, 1])], { shape: [2, 3, 4, 5] }),
    linear([x([])], { shape: [3, 2] }),
  ],
  cast: [
    linear([x([3, 2])], { to: 'float' }),
    linear([values([3], [0, 1, -3], 'int')], { to: 'float' }),
    smooth([x([5], [-3, 3], [-3, -2, -1, 0, 1, 2, 3])], { to: 'int' }),
    smooth([x([5], [-3, 3], [0])], { to: 'bool' }),
  ],
  shapeOf: [linear([x([2, 3, 4])], { start: 0, end: 3 }), linear([x([2, 3, 4])], { start: 1, end: 2 })],

  rot90: [
    linear([x([2, 3])], { k: 1, axes: [0, 1] }),
    linear([x([2, 3])], { k: 1, axes: [1, 0] }),
    linear([x([2, 3, 4, 5])], { k: 1, axes: [2, 3] }),
    linear([x([2, 3, 4, 5])], { k: 2, axes: [1, 3] }),
    linear([x([2, 3, 4, 5])], { k: -5, axes: [-3, -2] }),
    linear([x([2, 1, 3, 4, 5])], { k: 3, axes: [2, 4] }),
    linear([x([3, 3])], { k: 4, axes: [0, 1] }),
  ],

  concat: [
    linear([x([2, 3]), x([2, 1]), x([2, 4])], { axis: 1 }),
    linear([x([2, 3, 3, 4]), x([2, 5, 3, 4])], { axis: 1 }),
    linear([x([2, 3, 3, 4]), x([2, 3, 1, 4])], { axis: -2 }),
    linear([x([3])], { axis: 0 }),
  ],
  slice: [
    linear([x([7])], { starts: [1], steps: [2], lengths: [3] }),
    linear([x([5, 4])], { starts: [4, 0], steps: [-2, 1], lengths: [3, 4] }),
    linear([x([2, 6, 4, 5])], { starts: [0, 1, 3, 4], steps: [1, 1, -1, -1], lengths: [2, 3, 4, 5] }),
    linear([x([3, 2])], { starts: [1, 0], steps: [1, 1], lengths: [0, 2] }),
  ],
  unslice: [
    linear([x([3])], { starts: [1], steps: [2], sizes: [7] }),
    linear([x([3, 4])], { starts: [4, 0], steps: [-2, 1], sizes: [5, 4] }),
    linear([x([2, 3, 4, 5])], { starts: [0, 1, 3, 4], steps: [1, 1, -1, -1], sizes: [2, 6, 4, 5] }),
  ],
  pad: [
    linear([x([3, 2])], { pads: [1, 0, 0, 2], mode: 'constant', value: 0 }),
    linear([x([2, 3, 3, 4])], { pads: [0, 0, 1, 2, 0, 1, 0, 1], mode: 'constant', value: 0 }),
    linear([x([2, 3, 3, 4])], { pads: [0, 0, 1, 2, 0, 1, 0, 1], mode: 'constant', value: -1.5 }),
    linear([x([2, 3, 3, 4])], { pads: [0, 0, 2, 1, 0, 0, 1, 3], mode: 'reflect', value: 0 }),
    linear([x([1, 2, 3, 2])], { pads: [0, 1, 4, 0, 0, 0, 1, 3], mode: 'edge', value: 0 }),
    linear([x([1, 1])], { pads: [0, 2, 0, 1], mode: 'edge', value: 0 }),
  ],
  normal: [linear([values([3, 2], [0, 0, 40_503, 9, 65_535, 65_535])], { shape: [2, 3, 3] })],

  gather: [
    linear([x([5, 3]), ints(4, 0, 0)], { axis: 0 }),
    linear([x([2, 4, 3, 2]), ints(3, 1, 2, 0)], { axis: 1 }),
    linear([x([2, 4, 3]), values([2, 3], [0, 3, 3, 1, 1, 1], 'int')], { axis: 1 }),
    linear([x([2, 4, 3, 2]), values([], [2], 'int')], { axis: -2 }),
    linear([x([2, 4, 3, 2]), values([2, 2], [2, 0, 0, 1], 'int')], { axis: 2 }),
  ],
  scatterAdd: [
    linear([x([3, 3]), ints(4, 0, 0)], { axis: 0, length: 5 }),
    linear([x([2, 3, 3, 2]), ints(3, 1, 3)], { axis: 1, length: 4 }),
    linear([x([2, 2, 3, 3]), values([2, 3], [0, 3, 3, 1, 1, 1], 'int')], { axis: 1, length: 4 }),
    linear([x([4, 3]), values([], [1], 'int')], { axis: 0, length: 2 }),
  ],
}
