import type { Case } from './case.ts'
import { type Geometry, window } from './dense-cases.ts'

interface Shape extends Geometry {
  readonly groups?: number
  readonly c?: number
  readonly m?: number
  readonly parts?: number
}

function weightGradCase(
  title: string,
  { groups = 1, c = 3, m = 16, parts = 1, ...geometry }: Shape,
): Case<'weightGrad'> {
  const { window: fields } = window({ padBegin: [0, 0], ...geometry })
  const { batch, inH, inW, outH, outW, kernelH, kernelW } = fields
  return {
    title,
    args: (box) => ({
      ...fields,
      x: box.whole(batch * inH * inW * groups * c),
      ct: box.whole(batch * outH * outW * groups * m),
      out: box.empty(parts * groups * kernelH * kernelW * c * Math.ceil(m / 16) * 16),
      groups,
      inPerGroup: c,
      outPerGroup: m,
      parts,
    }),
  }
}

export const weightGrad: readonly Case<'weightGrad'>[] = [
  ...[1, 3, 4, 15, 16, 17, 32, 37].map((m) => weightGradCase(`${m} output channels`, { m })),
  ...[1, 2, 4, 5, 6, 7].map((c) => weightGradCase(`${c} channels`, { c, m: 20 })),
  weightGradCase('one pixel', { size: [1, 1], kernel: [1, 1], c: 1, m: 1 }),
  weightGradCase('a window as large as x', { size: [4, 6], kernel: [4, 6], batch: 2 }),
  weightGradCase('strides', { size: [8, 9], stride: [2, 3], batch: 2, m: 19 }),
  weightGradCase('dilation', { size: [9, 8], dilation: [3, 2], m: 19 }),
  weightGradCase('groups', { groups: 3, c: 2, m: 5, batch: 2 }),
  weightGradCase('a group for each channel', { groups: 5, c: 1, m: 1 }),
  weightGradCase('parts', { batch: 5, parts: 3, m: 20 }),
  weightGradCase('a part for each sample', { batch: 4, parts: 4, m: 7 }),
  weightGradCase('lines as wide as two blocks', { size: [2, 300], kernel: [1, 3], m: 16 }),
  weightGradCase('wide lines, strides, a last tile that is not full', {
    ...{ size: [2, 700], kernel: [1, 2], stride: [1, 2], c: 2, m: 18 },
  }),
  weightGradCase('lines beyond a block', { size: [40, 150], kernel: [3, 3], c: 5, m: 18 }),
]
