import type { ConvAttrs } from '../../../src/core/ops/conv.ts'
import type { AveragePoolAttrs, PoolAttrs } from '../../../src/core/ops/pool.ts'
import { type CaseTable, distinct, linear, smooth, x } from './case.ts'

const plain: ConvAttrs = { groups: 1, strides: [1, 1], dilations: [1, 1], pads: [0, 0, 0, 0] }
const pooled = (kernel: [number, number], rest: Partial<PoolAttrs> = {}): PoolAttrs => ({
  kernel,
  strides: [1, 1],
  dilations: [1, 1],
  pads: [0, 0, 0, 0],
  ceilMode: false,
  ...rest,
})
const averaged = (kernel: [number, number], rest: Partial<AveragePoolAttrs> = {}): AveragePoolAttrs => ({
  ...pooled(kernel),
  countIncludePad: false,
  ...rest,
})

const strided: ConvAttrs = { groups: 1, strides: [2, 3], dilations: [1, 1], pads: [1, 2, 0, 1] }
const dilated: ConvAttrs = { groups: 1, strides: [1, 2], dilations: [2, 3], pads: [2, 3, 1, 3] }
const overlapping: Partial<PoolAttrs> = { strides: [2, 2], pads: [1, 0, 1, 1] }
const roundedUp: Partial<PoolAttrs> = { strides: [3, 2], pads: [1, 1, 0, 1], ceilMode: true }
const spaced: Partial<PoolAttrs> = { strides: [2, 1], dilations: [2, 2], pads: [1, 2, 2, 0] }

type WindowOps =
  | 'conv'
  | 'convTranspose'
  | 'convWeightGrad'
  | 'maxPool'
  | 'maxPoolGrad'
  | 'averagePool'
  | 'averagePoolGrad'
  | 'globalAveragePool'
  | 'globalMaxPool'

/** Rows of the ops that slide a window: odd sizes, groups, strides 1–3, dilation, uneven pads, rounding up. */
export const windowCases: Pick<CaseTable, WindowOps> = {
  conv: [
    linear([x([2, 3, 5, 7]), x([4, 3, 3, 3]), x([4])], { ...plain, pads: [1, 1, 1, 1] }),
    linear([x([1, 3, 7, 8]), x([2, 3, 3, 2]), x([2])], strided),
    linear([x([2, 2, 9, 8]), x([3, 2, 3, 2])], dilated),
    linear([x([2, 4, 5, 5]), x([6, 2, 3, 3]), x([6])], { ...plain, groups: 2, pads: [1, 0, 0, 1] }),
    linear([x([1, 3, 6, 5]), x([3, 1, 3, 3]), x([3])], { ...strided, groups: 3 }),
    linear([x([1, 3, 6, 5]), x([6, 1, 3, 3])], { ...dilated, groups: 3 }),
    linear([x([2, 5, 3, 3]), x([17, 5, 1, 1]), x([17])], plain),
    linear([x([1, 1, 1, 1]), x([1, 1, 3, 3])], { ...plain, pads: [1, 1, 1, 1] }),
    linear([x([1, 2, 8, 8]), x([3, 2, 1, 1])], { ...plain, strides: [3, 2] }),
    linear([x([1, 3, 4, 4]), x([2, 3, 4, 4])], plain),
  ],
  convTranspose: [
    linear([x([2, 3, 5, 7]), x([3, 4, 3, 3]), x([4])], { ...plain, outputSize: [7, 9] }),
    linear([x([1, 2, 4, 3]), x([2, 3, 3, 2]), x([3])], { ...strided, outputSize: [8, 7] }),
    linear([x([2, 3, 7, 6]), x([3, 2, 3, 2])], { ...dilated, outputSize: [8, 9] }),
    linear([x([2, 6, 4, 4]), x([6, 2, 3, 3]), x([4])], {
      ...plain,
      groups: 2,
      pads: [1, 0, 0, 1],
      outputSize: [5, 5],
    }),
    linear([x([1, 3, 3, 3]), x([3, 1, 2, 2]), x([3])], {
      ...plain,
      groups: 3,
      strides: [2, 2],
      outputSize: [6, 7],
    }),
    linear([x([1, 6, 3, 3]), x([6, 1, 3, 3])], { ...plain, groups: 3, strides: [2, 2], outputSize: [8, 7] }),
    linear([x([1, 5, 3, 3]), x([5, 17, 1, 1])], { ...plain, outputSize: [3, 3] }),
  ],
  convWeightGrad: [
    linear([x([2, 3, 5, 7]), x([2, 4, 5, 7])], { ...plain, pads: [1, 1, 1, 1], kernel: [3, 3] }),
    linear([x([1, 3, 7, 8]), x([1, 2, 3, 4])], { ...strided, kernel: [3, 2] }),
    linear([x([2, 2, 9, 8]), x([2, 3, 8, 6])], { ...dilated, kernel: [3, 2] }),
    linear([x([2, 4, 5, 5]), x([2, 6, 4, 4])], { ...plain, groups: 2, pads: [1, 0, 0, 1], kernel: [3, 3] }),
    linear([x([2, 3, 6, 5]), x([2, 3, 3, 2])], { ...strided, groups: 3, kernel: [3, 3] }),
    linear([x([2, 3, 8, 8]), x([2, 6, 3, 4])], { ...plain, groups: 3, strides: [3, 2], kernel: [2, 2] }),
  ],
  maxPool: [
    smooth([distinct([2, 3, 5, 7])], pooled([2, 2])),
    smooth([distinct([1, 2, 6, 5])], pooled([3, 3], overlapping)),
    smooth([distinct([1, 3, 6, 7])], pooled([3, 2], roundedUp)),
    smooth([distinct([1, 2, 7, 8])], pooled([2, 3], spaced)),
  ],
  maxPoolGrad: [
    smooth([x([2, 3, 4, 6]), distinct([2, 3, 5, 7])], pooled([2, 2])),
    smooth([x([1, 2, 3, 2]), distinct([1, 2, 6, 5])], pooled([3, 3], overlapping)),
    smooth([x([1, 3, 3, 4]), distinct([1, 3, 6, 7])], pooled([3, 2], roundedUp)),
    smooth([x([1, 2, 4, 6]), distinct([1, 2, 7, 8])], pooled([2, 3], spaced)),
  ],
  averagePool: [
    linear([x([2, 3, 5, 7])], averaged([2, 2])),
    linear([x([1, 2, 6, 5])], averaged([3, 3], overlapping)),
    linear([x([1, 2, 6, 5])], averaged([3, 3], { ...overlapping, countIncludePad: true })),
    linear([x([1, 3, 6, 7])], averaged([3, 2], roundedUp)),
    linear([x([1, 3, 6, 7])], averaged([3, 2], { ...roundedUp, countIncludePad: true })),
    linear([x([1, 2, 7, 8])], averaged([2, 3], spaced)),
    linear([x([1, 2, 7, 8])], averaged([2, 3], { ...spaced, countIncludePad: true })),
  ],
  averagePoolGrad: [
    linear([x([1, 2, 3, 2])], { ...averaged([3, 3], overlapping), inputSize: [6, 5] }),
    linear([x([1, 3, 3, 4])], {
      ...averaged([3, 2], { ...roundedUp, countIncludePad: true }),
      inputSize: [6, 7],
    }),
    linear([x([1, 2, 4, 6])], { ...averaged([2, 3], spaced), inputSize: [7, 8] }),
  ],
  globalAveragePool: [linear([x([2, 3, 5, 4])], {}), linear([x([2, 3, 7])], {})],
  globalMaxPool: [smooth([distinct([2, 3, 5, 4])], {}), smooth([distinct([2, 3, 7])], {})],
}
