import * as z from 'zod'
import { type Tensor, tensor } from '../core/ir/tensor.ts'
import { resizeBilinear } from '../imaging/resize-bilinear.ts'
import { method } from './method.ts'
import { emptyLike, map, planes } from './tensor.ts'

/** ReLU(Σ_c mean_hw(∂F/∂A_c)·A_c) at a layer A (C',H',W'), Selvaraju 2017; map: (H,W), or (H',W') without upsampling. */
export const gradCam = method({
  id: 'grad-cam',
  title: 'Grad-CAM',
  description:
    "The channels of a layer, each weighted by the mean of the score's gradient with respect to it, added up.",
  source: 'Selvaraju, Cogswell, Das, Vedantam, Parikh, Batra: Grad-CAM, ICCV 2017, arXiv:1610.02391',
  channels: 'sum',
  over: 'layer',
  params: z.object({
    relu: z
      .boolean()
      .default(true)
      .describe('Keep only what speaks for the target (false: also what speaks against it)'),
    upsample: z
      .enum(['bilinear', 'none'])
      .default('bilinear')
      .describe("How the layer's grid is brought to the input's size; none leaves it"),
  }),
  run({ F, x }, params) {
    const { activation, gradient } = F.layer(x)
    const weighted = weightedSum(activation, channelMeans(gradient))
    const cam = params.relu ? map(weighted, (value) => Math.max(value, 0)) : weighted
    const { height, width } = planes(x)
    return { map: params.upsample === 'bilinear' ? resizeBilinear(cam, height, width) : cam }
  },
})

/** mean over (H,W) of each channel of a (C,H,W) tensor */
function channelMeans(a: Tensor): readonly number[] {
  const { channels, height, width } = planes(a)
  const size = height * width
  return Array.from({ length: channels }, (_, c) => {
    let total = 0
    for (let i = 0; i < size; i++) total += a.data[c * size + i] ?? 0
    return total / size
  })
}

/** Σ_c w_c·A_c: (C,H,W) → (H,W) */
function weightedSum(a: Tensor, weights: readonly number[]): Tensor {
  const { height, width } = planes(a)
  const out = emptyLike(a, [height, width])
  for (let i = 0; i < out.length; i++) {
    let total = 0
    for (let c = 0; c < weights.length; c++) total += (weights[c] ?? 0) * (a.data[c * out.length + i] ?? 0)
    out[i] = total
  }
  return tensor([height, width], out)
}
