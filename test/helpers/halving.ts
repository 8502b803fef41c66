/** The window of a pool that halves a picture. */
export const halving = {
  kernel: [2, 2],
  strides: [2, 2],
  dilations: [1, 1],
  pads: [0, 0, 0, 0],
  ceilMode: false,
} as const
