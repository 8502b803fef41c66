import type { ResizeKernel } from './resample.ts'

/** Orders of a model's colour channels; grey is one channel. */
export const COLOR_ORDERS = ['rgb', 'bgr', 'gray'] as const
/** See `COLOR_ORDERS`. */
export type ColorOrder = (typeof COLOR_ORDERS)[number]

export const channelsOf = (color: ColorOrder): 1 | 3 => (color === 'gray' ? 1 : 3)

/** What a model's card says of its input. */
export interface InputSpec {
  readonly width: number
  readonly height: number
  readonly color: ColorOrder
  readonly resize: ResizeKernel
  /** (0,1]: the part of the short side that `cover` takes */
  readonly crop: number
  /** per channel in the model's order, in units of bytes (0..255) */
  readonly mean: readonly number[]
  readonly std: readonly number[]
}
