import { describe, expect, it } from 'vitest'
import type { AttrsOf, OpName } from '../../../src/core/ir/graph.ts'
import { N, type Shape } from '../../../src/core/ir/shape.ts'
import type { DType } from '../../../src/core/ir/tensor.ts'
import { inferOutput } from '../../../src/core/ops/index.ts'

/** One application with these input shapes; the attributes are checked against the op. */
const on = <K extends OpName>(
  op: K,
  shapes: readonly Shape[],
  attrs: AttrsOf<K>,
  dtypes: readonly DType[] = [],
) => ({
  op,
  shapes,
  infer: () => {
    const inputs = shapes.map((shape, i) => ({ shape, dtype: dtypes[i] ?? 'float' }))
    // A row's shapes are a list, the op wants a tuple: the rows below give as many as it takes.
    return inferOutput(op, inputs as unknown as Parameters<typeof inferOutput<K>>[1], attrs).shape
  },
})

const window = { strides: [1, 1], dilations: [1, 1], pads: [0, 0, 0, 0] } as const
const dense = { ...window, groups: 1 }
/** a picture with its channels last */
const last = [1, 5, 2, 3]
const pooled = { ...window, kernel: [3, 3], ceilMode: false } as const
const noTranspose = { alpha: 1, beta: 1, transA: false, transB: false }

describe('the output shape of', () => {
  it.each([
    [
      on(
        'conv',
        [
          [N, 3, 224, 224],
          [32, 3, 3, 3],
        ],
        { ...dense, strides: [2, 2], pads: [0, 0, 1, 1] },
      ),
      [N, 32, 112, 112],
    ],
    [
      on(
        'convTranspose',
        [
          [N, 8, 4, 4],
          [8, 3, 3, 3],
        ],
        { ...dense, strides: [2, 2], outputSize: [10, 9] },
      ),
      [N, 3, 10, 9],
    ],
    [on('maxPool', [[N, 3, 6, 6]], { ...pooled, strides: [2, 2] }), [N, 3, 2, 2]],
    [on('maxPool', [[N, 3, 6, 6]], { ...pooled, strides: [2, 2], ceilMode: true }), [N, 3, 3, 3]],
    [on('globalAveragePool', [[N, 3, 6, 6]], {}), [N, 3, 1, 1]],
    [on('gemm', [[N, 5], [7, 5], [7]], { ...noTranspose, transB: true }), [N, 7]],
    [
      on(
        'gemm',
        [
          [N, 5],
          [N, 7],
        ],
        { ...noTranspose, transA: true },
      ),
      [5, 7],
    ],
    [
      on(
        'matMul',
        [
          [N, 4, 2, 3],
          [4, 3, 5],
        ],
        {},
      ),
      [N, 4, 2, 5],
    ],
    [on('reshape', [[N, 4, 2, 3]], { shape: [N, 24] }), [N, 24]],
    [on('reshape', [[N, 4, 2, 3]], { shape: [4 * N, 6] }), [4 * N, 6]],
    [on('expand', [[1, 3]], { shape: [N, 3] }), [N, 3]],
    [
      on(
        'add',
        [
          [N, 3, 4, 4],
          [3, 1, 1],
        ],
        {},
      ),
      [N, 3, 4, 4],
    ],
    [on('transpose', [[N, 3, 4, 5]], { perm: [0, 2, 3, 1] }), [N, 4, 5, 3]],
    [on('rot90', [[N, 3, 4, 6]], { k: 1, axes: [1, 3] }), [N, 6, 4, 3]],
    [
      on(
        'concat',
        [
          [N, 3, 2],
          [N, 4, 2],
        ],
        { axis: 1 },
      ),
      [N, 7, 2],
    ],
    [
      on(
        'concat',
        [
          [N, 3],
          [N, 3],
        ],
        { axis: 0 },
      ),
      [2 * N, 3],
    ],
    [on('slice', [[N, 8]], { starts: [0, 2], steps: [1, 3], lengths: [N, 2] }), [N, 2]],
    [on('pad', [[N, 3]], { pads: [0, 1, 0, 2], mode: 'constant', value: 0 }), [N, 6]],
    [on('gather', [[N, 5, 2], [3]], { axis: 1 }), [N, 3, 2]],
    [on('reduceSum', [[N, 5, 2]], { axes: [0, 2], keepDims: false }), [5]],
    [
      on(
        'accumulate',
        [
          [1, 5, 2, 3],
          [N, 3, 5, 2],
        ],
        {},
      ),
      [1, 5, 2, 3],
    ],
    [on('interpolate', [last, last, [N]], {}), [N, 3, 5, 2]],
  ] as const)('$op $shapes keeps a free batch', (row, shape) => {
    expect(row.infer()).toEqual(shape)
  })
})

describe('inputs that do not fit are refused by', () => {
  it.each([
    [on('add', [[2, 3], [4]], {}), '[2,3] and [4] do not broadcast'],
    [on('add', [[2], [2]], {}, ['float', 'int']), 'operands of dtypes float and int'],
    [on('where', [[2], [2], [2]], {}, ['bool', 'float', 'int']), 'where of dtypes float and int'],
    [
      on(
        'prelu',
        [
          [3, 2],
          [4, 3, 2],
        ],
        {},
      ),
      'a slope of [4,3,2] does not broadcast to [3,2]',
    ],
    [
      on(
        'conv',
        [
          [1, 3, 8],
          [4, 3, 3, 3],
        ],
        dense,
      ),
      'x must be (N,C,H,W), got [1,3,8]',
    ],
    [
      on(
        'conv',
        [
          [1, 4, 8, 8],
          [4, 3, 3, 3],
        ],
        dense,
      ),
      'weights [4,3,3,3] in 1 groups do not fit 4 channels',
    ],
    [
      on(
        'conv',
        [
          [1, 4, 8, 8],
          [5, 2, 3, 3],
        ],
        { ...dense, groups: 2 },
      ),
      'weights [5,2,3,3] in 2 groups',
    ],
    [
      on('conv', [[1, 3, 8, 8], [4, 3, 3, 3], [3]], dense),
      'bias [3] is not one number for each of 4 filters',
    ],
    [
      on(
        'conv',
        [
          [1, 3, 2, 8],
          [4, 3, 3, 3],
        ],
        dense,
      ),
      'a window of 3×3 with dilations 1,1 and pads 0,0,0,0 does not fit 2×8',
    ],
    [
      on(
        'conv',
        [
          [1, 3, 8, 8],
          [4, 3, 3, 3],
        ],
        { ...dense, strides: [0, 1] },
      ),
      'must be whole and positive',
    ],
    [
      on(
        'conv',
        [
          [1, 3, 8, 8],
          [4, 3, 3, 3],
        ],
        { ...dense, pads: [-1, 0, 0, 0] },
      ),
      'pads not negative',
    ],
    [
      on(
        'convTranspose',
        [
          [1, 2, 4, 4],
          [3, 2, 3, 3],
        ],
        { ...dense, outputSize: [6, 6] },
      ),
      'take 3 channels, x has 2',
    ],
    [
      on(
        'convTranspose',
        [
          [1, 2, 4, 4],
          [2, 2, 3, 3],
        ],
        { ...dense, outputSize: [7, 6] },
      ),
      'no convolution of 7×6 gives 4×4',
    ],
    [
      on(
        'convWeightGrad',
        [
          [1, 2, 4, 4],
          [1, 5, 3, 3],
        ],
        { ...dense, kernel: [3, 3] },
      ),
      'the convolution gives [1,5,2,2]',
    ],
    [on('maxPool', [[1, 2, 2, 2]], pooled), 'a window of 3×3'],
    [
      on(
        'maxPoolGrad',
        [
          [1, 2, 3, 3],
          [1, 2, 4, 4],
        ],
        pooled,
      ),
      'the cotangent is [1,2,3,3], the pool gives [1,2,2,2]',
    ],
    [
      on('averagePoolGrad', [[1, 2, 3, 3]], { ...pooled, countIncludePad: true, inputSize: [4, 4] }),
      'no pool of 4×4 gives 3×3',
    ],
    [on('globalMaxPool', [[2, 3]], {}), '[2,3] has no pixels to pool'],
    [
      on('batchNorm', [[2, 3, 4], [3], [4], [3], [3]], { epsilon: 0 }),
      '[4] is not one number for each channel of [2,3,4]',
    ],
    [on('batchNorm', [[2], [3], [3], [3], [3]], { epsilon: 0 }), '[2] has no channel axis'],
    [on('instanceNorm', [[2, 3], [3], [3]], { epsilon: 0 }), 'instanceNorm needs spatial axes, got [2,3]'],
    [on('layerNorm', [[2, 3], [2]], { axis: 1, epsilon: 0 }), '[2] and [2,3] do not broadcast'],
    [on('softmax', [[2, 3]], { axis: 2 }), 'axis 2 is outside a tensor of rank 2'],
    [
      on(
        'matMul',
        [
          [2, 3],
          [4, 5],
        ],
        {},
      ),
      '[2,3] · [4,5] do not fit',
    ],
    [on('matMul', [[3], [3, 5]], {}), 'a must be a matrix, got [3]'],
    [
      on(
        'gemm',
        [
          [2, 3],
          [2, 3],
        ],
        noTranspose,
      ),
      'gemm of [2,3] and [2,3] does not fit',
    ],
    [on('gemm', [[2, 3], [3, 4], [3]], noTranspose), 'do not broadcast'],
    [
      on('reduceSum', [[2, 3]], { axes: [1, 0], keepDims: true }),
      'axes [1,0] are not ascending axes of [2,3]',
    ],
    [on('reduceSum', [[2, 3]], { axes: [], keepDims: true }), 'axes [] are not'],
    [
      on(
        'accumulate',
        [
          [1, 3, 5, 2],
          [N, 3, 5, 2],
        ],
        {},
      ),
      'a total of [N,3,5,2] is [1,5,2,3], not [1,3,5,2]',
    ],
    [
      on(
        'accumulate',
        [
          [1, 3],
          [N, 3],
        ],
        {},
      ),
      'x must be',
    ],
    [
      on('interpolate', [last, [1, 5, 2, 1], [N]], {}),
      'from [1,5,2,3], way [1,5,2,1] and shares [N] are not two of [1,H,W,C] and one of [N]',
    ],
    [on('interpolate', [[2, 5, 2, 3], [2, 5, 2, 3], [N]], {}), 'are not two of [1,H,W,C]'],
    [on('interpolate', [last, last, [N, 1]], {}), 'and one of [N]'],
    [on('reduceSum', [[2, 3]], { axes: [-1], keepDims: true }), 'axes [-1] are not'],
    [on('reshape', [[2, 3]], { shape: [4] }), '[2,3] does not reshape to [4]'],
    [on('transpose', [[2, 3]], { perm: [0, 0] }), '[0,0] does not permute the axes of [2,3]'],
    [on('rot90', [[2, 3]], { k: 1, axes: [1, 1] }), '1 turns in axes [1,1] do not rotate [2,3]'],
    [on('rot90', [[2, 3]], { k: 1, axes: [1, -1] }), '1 turns in axes [1,-1] do not rotate [2,3]'],
    [on('rot90', [[2, 3]], { k: 0.5, axes: [0, 1] }), '0.5 turns in axes [0,1] do not rotate [2,3]'],
    [on('rot90', [[2, 3]], { k: 1, axes: [0, 2] }), 'axis 2 is outside a tensor of rank 2'],
    [on('rot90', [[N, 3]], { k: 2, axes: [0, 1] }), 'the free batch of [N,3] is no axis to rotate'],
    [on('expand', [[2, 3]], { shape: [3] }), '[2,3] does not expand to [3]'],
    [on('shapeOf', [[2, 3]], { start: 1, end: 3 }), '[2,3] has no dimensions 1..3'],
    [
      on(
        'concat',
        [
          [2, 3],
          [3, 3],
        ],
        { axis: 1 },
      ),
      '[2,3] and [3,3] do not join along axis 1',
    ],
    [
      on(
        'concat',
        [
          [N, 3],
          [1, 3],
        ],
        { axis: 0 },
      ),
      '[N,3] and [1,3] do not join along axis 0',
    ],
    [on('concat', [], { axis: 0 }), 'concat of nothing'],
    [
      on('slice', [[5]], { starts: [3], steps: [1], lengths: [3] }),
      '[3] from [3] in steps of [1] does not lie inside [5]',
    ],
    [on('slice', [[5]], { starts: [1], steps: [-1], lengths: [3] }), 'does not lie inside [5]'],
    [on('slice', [[N, 2]], { starts: [1, 0], steps: [1, 1], lengths: [N, 2] }), 'does not lie inside [N,2]'],
    [on('unslice', [[3]], { starts: [0], steps: [2], sizes: [4] }), 'does not lie inside [4]'],
    [on('pad', [[3]], { pads: [3, 0], mode: 'reflect', value: 0 }), 'pads [3,0] (reflect) do not fit [3]'],
    [
      on('pad', [[3]], { pads: [-1, 0], mode: 'constant', value: 0 }),
      'pads [-1,0] (constant) do not fit [3]',
    ],
    [on('pad', [[N]], { pads: [1, 0], mode: 'edge', value: 0 }), 'do not fit [N]'],
    [on('gather', [[N, 2], [1]], { axis: 0 }), 'gather cannot choose among the free batch of [N,2]'],
    [on('scatterAdd', [[2, 2], [3]], { axis: 0, length: 5 }), '[2,2] has no [3] at axis 0'],
  ] as const)('$op $shapes', (row, message) => {
    expect(row.infer).toThrow(message)
    expect(row.infer).toThrow(expect.objectContaining({ name: 'CoreError' }))
  })
})
