/** Argument words of the kernels, in the order in which they lie in memory: 4 bytes each. */
export type FieldType = 'ptr' | 'i32' | 'f32'
type Field = FieldType | readonly [FieldType, number]

/** Rank of the strided kernels: logical axes are collapsed to at most this many. */
export const MAX_RANK = 6

const epilogue = {
  /** per output channel, or absent */
  bias: 'ptr',
  /** a tensor shaped and laid out like the output, added before the clamp; or absent */
  addend: 'ptr',
  clampMin: 'f32',
  clampMax: 'f32',
  /** like the output: the result is kept where gateMin < gate < gateMax, else 0, after the clamp; or absent */
  gate: 'ptr',
  gateMin: 'f32',
  gateMax: 'f32',
} as const

/** What the kernels for whole vectors of channels do besides; both ask for a multiple of 16 channels (per group). */
const bits = {
  /** in place of `gate`: the result is kept where the bit of its element is set; or absent */
  gateBits: 'ptr',
  /** written: a bit per element, set where gateMin < result < gateMax; or absent. Not beside a gate of either kind. */
  maskBits: 'ptr',
} as const

/** Geometry of a window sliding over (batch, inH, inW, channels), channels-last. */
const window = {
  batch: 'i32',
  inH: 'i32',
  inW: 'i32',
  outH: 'i32',
  outW: 'i32',
  kernelH: 'i32',
  kernelW: 'i32',
  strideH: 'i32',
  strideW: 'i32',
  dilationH: 'i32',
  dilationW: 'i32',
  padTop: 'i32',
  padLeft: 'i32',
} as const

/**
 * A window sliding over one picture of interleaved rows (inH, inW, channels), one pixel at a time. Output (y, q) is made of rows
 * y − top … y − top + kernelH − 1 and columns q − left … q − left + kernelW − 1; channels are independent unless said.
 */
const picture = {
  /** where row 0 of the whole picture would lie, modulo 2^32: rows that no output row needs are never read */
  x: 'ptr',
  /** where output row `firstRow` goes; rows of outW · channels */
  out: 'ptr',
  inH: 'i32',
  inW: 'i32',
  channels: 'i32',
  /** output rows firstRow … firstRow + rows − 1 are written */
  firstRow: 'i32',
  rows: 'i32',
  outW: 'i32',
  top: 'i32',
  left: 'i32',
  kernelH: 'i32',
  kernelW: 'i32',
  /** what is read outside: the place in `boundaries`, at any distance */
  boundary: 'i32',
  /** the number outside where `boundary` is constant */
  value: 'f32',
} as const

/**
 * `boundary`'s codes, in order, around a row abcd: vv|abcd|vv, ba|abcd|dc, aa|abcd|dd, cd|abcd|ab, cb|abcd|cb. A picture of one
 * row or column is that one everywhere (under mirror too).
 */
export const boundaries = ['constant', 'symmetric', 'replicate', 'circular', 'mirror'] as const

/** The kernels for pictures, which the filters are made of. */
export const filterFields = {
  /** out = Σ_i Σ_j wy[i]·wx[j]·x, wy of kernelH numbers and wx of kernelW. */
  separable: { ...picture, wy: 'ptr', wx: 'ptr' },
  /** out = Σ_i Σ_j w[i][j]·x; weights of 0 cost nothing and what they meet does not matter. */
  correlate: { ...picture, w: 'ptr' },
  /**
   * As correlate, w in doubles and summed in doubles, from the last column and row to the first, then rounded, halves away from
   * zero, and clamped to low … high: the order in which Octave and MATLAB sum decides where a sum is halfway.
   */
  correlateCast: { ...picture, w: 'ptr', low: 'f32', high: 'f32' },
  /** out = scale · Σ x over the window. Its time grows with the logarithm of the window's width. */
  box: { ...picture, scale: 'f32' },
  /** out = the index-th smallest, from 0, of the window's kernelH·kernelW numbers. NaN is larger than all others, or smaller. */
  rank: { ...picture, index: 'i32' },
  /** out = the smallest (mode 0) or largest (mode 1) number of the window. What NaN does is not defined. */
  extreme: { ...picture, mode: 'i32' },
  /**
   * out = Σ w·x / Σ w, w = spatial[i][j] · exp(colorFactor · Σ over all channels of (x − centre)²), colorFactor ≤ 0. The centre is
   * the pixel at (top, left) of the window, which is inside.
   */
  bilateral: { ...picture, spatial: 'ptr', colorFactor: 'f32' },
  /** out[i] = x[i]. type: the place in `sampleTypes`. */
  toFloat: { x: 'ptr', out: 'ptr', length: 'i32', type: 'i32' },
  /** out[i] = x[i] rounded, halves away from zero, and clamped to what the type holds; NaN is 0. */
  fromFloat: { x: 'ptr', out: 'ptr', length: 'i32', type: 'i32' },
  /** out[i] = x[i] rounded, halves away from zero, and clamped to low … high (whole numbers); NaN is 0 before the clamp. */
  saturate: { x: 'ptr', out: 'ptr', length: 'i32', low: 'f32', high: 'f32' },
} as const satisfies Record<string, Readonly<Record<string, Field>>>

/** `toFloat`'s and `fromFloat`'s type codes, in order. */
export const sampleTypes = ['u8', 'u16'] as const

/**
 * Every kernel with its argument fields. One list drives the build (argument classes, dispatch), the planner, the tests,
 * the bench and the start self-test.
 */
export const kernelFields = {
  /**
   * Dense convolution and matrix product: out[p, g·outPerGroup + n] = Σ_tap Σ_k x[pixel(p,tap), g·inPerGroup + k] · w[g][tap][k][n].
   * transposed = 0: window over x, iy = oy·strideH − padTop + ky·dilationH.
   * transposed = 1: the adjoint, iy·strideH = oy + padTop − ky·dilationH where that divides.
   * w is packed [group][tile of 16 columns][tap][k][16], zero beyond n; with turned = 1, of one group and whole tiles of n,
   * [tile of 16 k][tap][n][16], which is the first form of the product with k and n exchanged.
   * sparse = 1 where x is 0 in many places: of one group and a multiple of 8 inPerGroup; a product is left out where x is 0 in all rows of a
   * register tile, whatever its weight: which rows these are follows from the cut and the batch.
   * sparse = 2 where besides the samples of a batch are alike: those of a pixel share register tiles.
   * GEMM is batch = inH = outH = 1, inW = outW = rows, one tap.
   */
  conv: {
    x: 'ptr',
    w: 'ptr',
    out: 'ptr',
    ...window,
    groups: 'i32',
    inPerGroup: 'i32',
    outPerGroup: 'i32',
    transposed: 'i32',
    turned: 'i32',
    sparse: 'i32',
    ...epilogue,
    ...bits,
  },
  /**
   * As conv with one group, to at most 4 channels: `filters`. channels: a multiple of 8. w is [tap][filter][channel].
   */
  narrow: {
    x: 'ptr',
    w: 'ptr',
    out: 'ptr',
    ...window,
    channels: 'i32',
    filters: 'i32',
    transposed: 'i32',
    ...epilogue,
  },
  /**
   * Dense 3×3 convolution with stride 1, by Winograd's algorithm on tiles of `tile` × `tile` outputs (4 or 2): see winograd.ts.
   * channels: a multiple of 8, at most MAX_WINOGRAD_CHANNELS; filters: a multiple of 16. w is packed as conv's, [tile of 16
   * columns][tap][channel][16]; with transposed = 1 the window is turned around: tap 8 − t in place of t. turned = 1 means what it means
   * in conv; channels are whole tiles then. sparse as in conv: a channel that is 0 in all tiles of a register tile is left
   * out, where enough of them are.
   */
  winograd: {
    x: 'ptr',
    w: 'ptr',
    out: 'ptr',
    batch: 'i32',
    inH: 'i32',
    inW: 'i32',
    outH: 'i32',
    outW: 'i32',
    padTop: 'i32',
    padLeft: 'i32',
    channels: 'i32',
    filters: 'i32',
    tile: 'i32',
    transposed: 'i32',
    turned: 'i32',
    sparse: 'i32',
    ...epilogue,
    ...bits,
  },
  /** Depthwise: as conv with one channel in and out per group; w is [tap][channel]. */
  depthwise: {
    x: 'ptr',
    w: 'ptr',
    out: 'ptr',
    ...window,
    channels: 'i32',
    transposed: 'i32',
    ...epilogue,
    ...bits,
  },
  /**
   * The adjoint of conv in w: out[part][group][tap][c][m] = Σ over pixels of ct[p, group·outPerGroup + m] · x[pixel(p,tap),
   * group·inPerGroup + c], of samples batch·part/parts … batch·(part+1)/parts. m is filled up to whole tiles of 16 with 0. Every
   * window is inside x, padTop and padLeft are 0.
   */
  weightGrad: {
    x: 'ptr',
    ct: 'ptr',
    out: 'ptr',
    ...window,
    groups: 'i32',
    inPerGroup: 'i32',
    outPerGroup: 'i32',
    parts: 'i32',
  },
  /** mode 0: max (padding never wins), 1: average over the window's part inside, 2: average over kernelH·kernelW within the padded bounds. */
  pool: { x: 'ptr', out: 'ptr', ...window, padBottom: 'i32', padRight: 'i32', channels: 'i32', mode: 'i32' },
  /** The adjoint of `pool`: ct (outH,outW) to out (inH,inW); x is read in mode 0 only, the first maximum takes all. */
  poolGrad: {
    ct: 'ptr',
    x: 'ptr',
    out: 'ptr',
    ...window,
    padBottom: 'i32',
    padRight: 'i32',
    channels: 'i32',
    mode: 'i32',
  },
  /** out[i] = f(x[i]); `op` from unaryOps, p and q its parameters. */
  unary: { x: 'ptr', out: 'ptr', length: 'i32', op: 'i32', p: 'f32', q: 'f32' },
  /**
   * out[idx] = f(a[idx·aStrides], b[idx·bStrides]), out contiguous over `dims` (row-major in the order given; unused
   * leading dims are 1). A broadcast axis has stride 0. `op` from binaryOps.
   */
  binary: {
    a: 'ptr',
    b: 'ptr',
    out: 'ptr',
    op: 'i32',
    p: 'f32',
    q: 'f32',
    dims: ['i32', MAX_RANK],
    aStrides: ['i32', MAX_RANK],
    bStrides: ['i32', MAX_RANK],
  },
  /** out = condition ≠ 0 ? a : b, strided as `binary`. */
  select: {
    condition: 'ptr',
    a: 'ptr',
    b: 'ptr',
    out: 'ptr',
    dims: ['i32', MAX_RANK],
    conditionStrides: ['i32', MAX_RANK],
    aStrides: ['i32', MAX_RANK],
    bStrides: ['i32', MAX_RANK],
  },
  /**
   * out[idx·outStrides] = x[idx·xStrides]; where `indices` is present, axis `axis` of x is read at indices[i] (f32 whole
   * numbers). Transposes, slices, concatenations, broadcasts, gathers. Strides may be negative.
   */
  copy: {
    x: 'ptr',
    out: 'ptr',
    indices: 'ptr',
    axis: 'i32',
    dims: ['i32', MAX_RANK],
    xStrides: ['i32', MAX_RANK],
    outStrides: ['i32', MAX_RANK],
  },
  /** out[idx with indices[i] on `axis`] += x[idx], in index order along the axis. `out` is filled before. */
  scatterAdd: {
    x: 'ptr',
    out: 'ptr',
    indices: 'ptr',
    axis: 'i32',
    dims: ['i32', MAX_RANK],
    xStrides: ['i32', MAX_RANK],
    outStrides: ['i32', MAX_RANK],
  },
  /** out[0..length) = value */
  fill: { out: 'ptr', length: 'i32', value: 'f32' },
  /** out[n][i] = the standard normal deviate of sample n's key and i: normal.ts. keys: the upper and lower 16 bits of each. */
  normal: { keys: 'ptr', out: 'ptr', batch: 'i32', length: 'i32' },
  /** out[o][i] = reduce over r of x[o][r][i], contiguous; mode 0 sum, 1 mean, 2 max. */
  reduce: { x: 'ptr', out: 'ptr', outer: 'i32', length: 'i32', inner: 'i32', mode: 'i32' },
  /** out[i] = total[i] + x[0][i] + x[1][i] + …, in this order. */
  accumulate: { total: 'ptr', x: 'ptr', out: 'ptr', batch: 'i32', length: 'i32' },
  /** out[n][i] = from[i] + shares[n]·way[i], clamped to [clampMin,clampMax]. */
  interpolate: {
    from: 'ptr',
    way: 'ptr',
    shares: 'ptr',
    out: 'ptr',
    batch: 'i32',
    length: 'i32',
    clampMin: 'f32',
    clampMax: 'f32',
  },
  /** out = packed columns as `conv` wants them, from w[g·groupStride + tap·tapStride + k·kStride + n·nStride]. */
  pack: {
    w: 'ptr',
    out: 'ptr',
    groups: 'i32',
    taps: 'i32',
    k: 'i32',
    n: 'i32',
    groupStride: 'i32',
    tapStride: 'i32',
    kStride: 'i32',
    nStride: 'i32',
  },
  separable: filterFields.separable,
  correlate: filterFields.correlate,
  correlateCast: filterFields.correlateCast,
  box: filterFields.box,
  rank: filterFields.rank,
  extreme: filterFields.extreme,
  bilateral: filterFields.bilateral,
  toFloat: filterFields.toFloat,
  fromFloat: filterFields.fromFloat,
  saturate: filterFields.saturate,
} as const satisfies Record<string, Readonly<Record<string, Field>>>

export type KernelName = keyof typeof kernelFields
/** A kernel's id in a plan is its index here. */
export const kernelNames = Object.keys(kernelFields) as readonly KernelName[]
type ArgOf<F> = F extends readonly [FieldType, number] ? readonly number[] : number
/** Argument values by kernel: addresses are byte offsets in the memory, 0 for an absent one. */
export type KernelArgs = {
  [K in KernelName]: { [F in keyof (typeof kernelFields)[K]]: ArgOf<(typeof kernelFields)[K][F]> }
}

/** `unary`'s op codes, in order. p, q: parameters. */
export const unaryOps = [
  'neg',
  'abs',
  'sign',
  'sqrt',
  'exp',
  'log',
  'erf',
  'clip' /* p ≤ y ≤ q: relu too */,
  'leakyRelu' /* p */,
  'elu' /* p */,
  'sigmoid',
  'hardSigmoid' /* p·x+q */,
  'hardSwish',
  'tanh',
  'softplus',
  'gelu',
  'geluTanh',
] as const
/** `binary`'s op codes, in order. gate: a where p < b < q else 0. */
export const binaryOps = ['add', 'sub', 'mul', 'div', 'pow', 'prelu', 'gate', 'equal'] as const
