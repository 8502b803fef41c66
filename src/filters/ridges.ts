import { type Band, rowLength } from './band.ts'

/** A picture's gradient: what grows downwards, to the right, and the length of both. */
export interface Gradient {
  readonly down: Band
  readonly right: Band
  readonly length: Band
}

/**
 * 1 where the gradient is at least `low` and no shorter than to both sides along its direction, between two neighbours
 * each; 0 elsewhere, and on the outermost pixels. Each channel by itself. (skimage.feature.canny)
 */
export function ridgesOf(gradient: Gradient, low: number): Uint8Array {
  const { rows, columns, channels, data } = gradient.length
  const ridges = new Uint8Array(data.length)
  const rowStep = rowLength(gradient.length)
  for (let row = 1; row < rows - 1; row++) {
    const end = row * rowStep + (columns - 1) * channels
    for (let at = row * rowStep + channels; at < end; at++)
      if (isRidge(gradient, at, rowStep, channels, low)) ridges[at] = 1
  }
  return ridges
}

function isRidge(
  { down, right, length: { data } }: Gradient,
  at: number,
  rowStep: number,
  columnStep: number,
  low: number,
): boolean {
  const length = data[at] ?? 0
  if (length === 0 || length < low) return false
  const dy = down.data[at] ?? 0
  const dx = right.data[at] ?? 0
  // the two neighbours that the direction passes between: one beside the pixel, one at its corner
  const isFalling = dy > 0 === dx > 0
  const isSteep = Math.abs(dy) > Math.abs(dx)
  const corner = isFalling ? columnStep + rowStep : columnStep - rowStep
  const vertical = isFalling ? rowStep : -rowStep
  const side = isSteep ? vertical : columnStep
  const share = isSteep ? Math.abs(dx / dy) : Math.abs(dy / dx)
  const ahead = (data[at + corner] ?? 0) * share + (data[at + side] ?? 0) * (1 - share)
  const behind = (data[at - corner] ?? 0) * share + (data[at - side] ?? 0) * (1 - share)
  return ahead <= length && behind <= length
}
