/**
 * Winograd's minimal filtering F(t×t, 3×3), t outputs a side from t+2 inputs with one product per point instead of 9:
 * Y = Aᵀ[(G g Gᵀ) ⊙ (Bᵀ d B)]A. The matrices are Toom and Cook's for the points given, after Lavin & Gray 2015 and, for the
 * points of t = 4, Barabasz et al. 2020: rounding errors are half of those for {0, ±1, ±2}.
 */
export interface WinogradMatrices {
  /** (t+2) × (t+2) */
  readonly bT: readonly (readonly number[])[]
  /** (t+2) × 3 */
  readonly g: readonly (readonly number[])[]
  /** t × (t+2) */
  readonly aT: readonly (readonly number[])[]
}

export type WinogradTile = 2 | 4

/** 1/√2 and √2, as the kernel has them */
export const ROOTS = { a: Math.SQRT1_2, b: Math.SQRT2 } as const
const { a, b } = ROOTS

/**
 * What is worked on together, at most. Weights are transformed anew for each block of tiles: one that leaves the cache is better than several
 * that stay. Of so many channels products are summed up at once: the points of their weights stay in the cache, and partial sums round
 * less than a long one.
 */
export const WINOGRAD_BLOCK = { tiles: 144, channels: 128 } as const

/**
 * Bytes between what a block has in one point and in the next, in a rank's scratch memory: of its input, its products and its weights.
 * Constants, for the transforms to address all points from one; 64 more than whole pages, for the points not to share cache sets.
 * Input: 6.2 MB in all. Products: of several column tiles. Weights: of two column tiles.
 */
export const pointStrides: {
  readonly [T in WinogradTile]: {
    readonly input: number
    readonly products: number
    readonly weights: number
  }
} = {
  2: { input: 96 * 4096 + 64, products: 9 * 4096 + 64, weights: 4 * 4096 + 64 },
  4: { input: 42 * 4096 + 64, products: 4 * 4096 + 64, weights: 4 * 4096 + 64 },
}

export const winogradMatrices: { readonly [T in WinogradTile]: WinogradMatrices } = {
  // points 0, 1, −1, ∞
  2: {
    bT: [
      [1, 0, -1, 0],
      [0, 1, 1, 0],
      [0, -1, 1, 0],
      [0, 1, 0, -1],
    ],
    g: [
      [1, 0, 0],
      [1 / 2, 1 / 2, 1 / 2],
      [1 / 2, -1 / 2, 1 / 2],
      [0, 0, 1],
    ],
    aT: [
      [1, 1, 1, 0],
      [0, 1, -1, -1],
    ],
  },
  // points 0, ±1/√2, ±√2, ∞
  4: {
    bT: [
      [1, 0, -5 / 2, 0, 1, 0],
      [0, -b, -2, a, 1, 0],
      [0, b, -2, -a, 1, 0],
      [0, -a, -1 / 2, b, 1, 0],
      [0, a, -1 / 2, -b, 1, 0],
      [0, 1, 0, -5 / 2, 0, 1],
    ],
    g: [
      [1, 0, 0],
      [-2 / 3, (-2 / 3) * a, -1 / 3],
      [-2 / 3, (2 / 3) * a, -1 / 3],
      [1 / 6, b / 6, 1 / 3],
      [1 / 6, -b / 6, 1 / 3],
      [0, 0, 1],
    ],
    aT: [
      [1, 1, 1, 1, 1, 0],
      [0, a, -a, b, -b, 0],
      [0, 1 / 2, 1 / 2, 2, 2, 0],
      [0, a / 2, -a / 2, 2 * b, -2 * b, 1],
    ],
  },
}
