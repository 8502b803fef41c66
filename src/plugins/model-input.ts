import type { Tensor } from '../core/ir/tensor.ts'
import type { DecodedImage } from '../imaging/decode.ts'
import type { Fit, Placement } from '../imaging/placement.ts'

/** One picture or one element of a tensor, as the model takes it and as a map can be drawn on it. */
export interface ModelInput {
  /** (1,C,H,W), preprocessed */
  readonly tensor: Tensor
  /** the photo; for a tensor, what it looks like before its preprocessing */
  readonly image: DecodedImage
  /** where in the image the model's input lies */
  readonly placement: Placement
  readonly source: 'image' | 'tensor'
}

/** How a picture meets the model, where the query says so. */
export interface FitQuery {
  readonly fit?: Fit | undefined
  readonly crop?: number | undefined
}

/** Most images of one request, and most elements of a tensor. */
export const MAX_IMAGES = 32
