import {
  CHANNELS_AT_ONCE,
  FACTOR_BYTES,
  INPUT_STRIDE_2,
  INPUT_STRIDE_4,
  MAX_TILES,
  PRODUCTS_STRIDE_2,
  PRODUCTS_STRIDE_4,
  storeFactors,
  WEIGHTS_STRIDE_2,
  WEIGHTS_STRIDE_4,
} from './generated/winograd'

/**
 * Scratch memory private to a rank: each worker has its own instance of this module, so a global holds its address. The sizes
 * are repeated in `encode.ts`, which refuses calls that need more.
 */
let base: usize = 0

/** The lowest register tile's rows. */
const LEAST_ROWS: i32 = 4
/** Register tiles of a Winograd block, at most. */
const GROUPS: usize = <usize>(MAX_TILES / LEAST_ROWS) + 2
/** MAX_WINOGRAD_CHANNELS in `encode.ts` */
const MAX_CHANNELS: usize = 1024
/** Bits of all channels for each of them; the tiles' channels fit a point's input. */
const CHANNEL_BITS_BYTES: usize = INPUT_STRIDE_2 / LEAST_ROWS + MAX_CHANNELS * 4
/** Lists of a block's channels */
const CHANNEL_LIST_COUNT: usize = MAX_CHANNELS / CHANNELS_AT_ONCE
/** A list of channels: whether to go by it, counts, then the channels. */
export const CHANNEL_LISTS_AT: usize = (1 + GROUPS) * 4
export const CHANNEL_LIST_BYTES: usize = CHANNEL_LISTS_AT + GROUPS * <usize>CHANNELS_AT_ONCE * 4 + 64

/** What padding reads: one pixel of zeros. */
export const ZERO_BYTES: usize = 65536
/** Taps of a window, at most. */
export const MAX_TAPS: usize = 8192
/** Rows of a block, at least and at most. */
export const MIN_BLOCK_ROWS: i32 = 8
export const MAX_BLOCK_ROWS: i32 = 264

/** A last tile reads and writes some rows more. */
const LISTED_ROWS: usize = MAX_BLOCK_ROWS + 8

const JOB: usize = ZERO_BYTES
const BIAS: usize = JOB + 256
const SPLATS: usize = BIAS + 64
const IDENTITY: usize = SPLATS + 128
const TILE: usize = IDENTITY + LISTED_ROWS * 4
const TAP_OFFSETS: usize = TILE + LISTED_ROWS * 64
const TAPS: usize = TAP_OFFSETS + MAX_TAPS * 4
const LIST: usize = TAPS + MAX_TAPS * 16
// the smallest block of MAX_TAPS; larger ones have fewer taps
export const LIST_BYTES: usize = (MIN_BLOCK_ROWS + 8) * 4 * (MAX_TAPS + 1)

const PIXELS: usize = (LIST + LIST_BYTES + 63) & ~63
const TRANSFORMED: usize = PIXELS + 192
// of Winograd's points, the 36 of large tiles or the 16 of small ones
const PRODUCTS: usize = TRANSFORMED + 36 * 32
const INPUT: usize = PRODUCTS + max<usize>(36 * PRODUCTS_STRIDE_4, 16 * PRODUCTS_STRIDE_2)
const WEIGHTS: usize = INPUT + max<usize>(36 * INPUT_STRIDE_4, 16 * INPUT_STRIDE_2)
const NARROW: usize = WEIGHTS + max<usize>(36 * WEIGHTS_STRIDE_4, 16 * WEIGHTS_STRIDE_2)
const UNITS_TAKEN: usize = NARROW + 512
const LANE_BITS: usize = UNITS_TAKEN + 128
const KEPT: usize = LANE_BITS + 32
const CHANNEL_BITS: usize = (KEPT + 256 + 63) & ~63
const CHANNEL_LISTS: usize = CHANNEL_BITS + CHANNEL_BITS_BYTES
const FACTORS: usize = CHANNEL_LISTS + CHANNEL_LIST_COUNT * CHANNEL_LIST_BYTES
/** Rows of a column tile of turned weights, at most; the last block may go beyond. */
const MAX_TURNED_ROWS: usize = 5120
const TURNED_ROWS: usize = (FACTORS + FACTOR_BYTES + 63) & ~63
const SCRATCH_BYTES: usize = TURNED_ROWS + (MAX_TURNED_ROWS + 16) * 64

/** What the kernels for pictures lay out for themselves, in place of the list and Winograd's rows: not more than stays in the cache. */
export const PICTURE_BYTES: usize = min<usize>(UNITS_TAKEN - LIST, 3_215_488)

/** Lists of products, in place of Winograd's rows. */
export const PRODUCT_LISTS_BYTES: usize = min<usize>(NARROW - INPUT, 4 << 20)

export function scratchBytes(): usize {
  return SCRATCH_BYTES
}

/** Gives this instance its scratch memory, `scratchBytes()` long and 64-byte aligned, and prepares it. */
export function setScratch(address: usize): void {
  base = address
  memory.fill(address, 0, ZERO_BYTES)
  for (let row: usize = 0; row < LISTED_ROWS; row++) store<u32>(address + IDENTITY + row * 4, <u32>(row * 64))
  storeFactors(address + FACTORS)
  for (let mask = 0; mask < 16; mask++) storeKept(address + KEPT + mask * 16, mask)
  for (let lane = 0; lane < 8; lane++) store<u32>(address + LANE_BITS + lane * 4, 1 << lane)
}

// @ts-ignore: decorator
@inline
export function zeroRow(): usize {
  return base
}
// @ts-ignore: decorator
@inline
export function jobAddress(): usize {
  return base + JOB
}
/** 16 floats: the bias of a narrow tile */
// @ts-ignore: decorator
@inline
export function biasRow(): usize {
  return base + BIAS
}
/** 8 copies of the float at `address`, in place `slot` (0..2) */
export function splatRow(slot: usize, address: usize): usize {
  const row = base + SPLATS + slot * 32
  const value = v128.load32_splat(address)
  v128.store(row, value, 16)
  v128.store(row, value)
  return row
}
/** Offsets of the rows of `tileRows` */
// @ts-ignore: decorator
@inline
export function identityOffsets(): usize {
  return base + IDENTITY
}
/** LISTED_ROWS × 16 floats: results whose columns are not whole vectors */
// @ts-ignore: decorator
@inline
export function tileRows(): usize {
  return base + TILE
}
/** u32 per tap: where its weights begin */
// @ts-ignore: decorator
@inline
export function tapOffsets(): usize {
  return base + TAP_OFFSETS
}
/** 4 words per tap: see `Tap` */
// @ts-ignore: decorator
@inline
export function tapTable(): usize {
  return base + TAPS
}
// @ts-ignore: decorator
@inline
export function rowList(): usize {
  return base + LIST
}
/** PICTURE_BYTES for a kernel for pictures, 64-byte aligned */
// @ts-ignore: decorator
@inline
export function pictureScratch(): usize {
  return base + LIST
}
/** u32 per pixel of a Winograd tile: its address */
// @ts-ignore: decorator
@inline
export function winogradPixels(): usize {
  return base + PIXELS
}
/** A Winograd tile between its two transforms, 8 channels */
// @ts-ignore: decorator
@inline
export function winogradScratch(): usize {
  return base + TRANSFORMED
}
/** What the transforms multiply by */
// @ts-ignore: decorator
@inline
export function winogradFactors(): usize {
  return base + FACTORS
}
/** The block's tiles in the points, all channels */
// @ts-ignore: decorator
@inline
export function winogradInput(): usize {
  return base + INPUT
}
/** The block's products in the points, of a few column tiles */
// @ts-ignore: decorator
@inline
export function winogradProducts(): usize {
  return base + PRODUCTS
}
/** The points of the weights of a few column tiles */
// @ts-ignore: decorator
@inline
export function winogradWeights(): usize {
  return base + WEIGHTS
}
/** Sums of a narrow tile before they are added up */
// @ts-ignore: decorator
@inline
export function narrowSums(): usize {
  return base + NARROW
}
/** A column tile of weights that were packed for the other pass */
// @ts-ignore: decorator
@inline
export function turnedRows(): usize {
  return base + TURNED_ROWS
}
/** u32 per rank: units of its share that this rank took in the current step */
// @ts-ignore: decorator
@inline
export function unitsTaken(): usize {
  return base + UNITS_TAKEN
}
/** 8 lanes: a bit each, the lowest of the first */
// @ts-ignore: decorator
@inline
export function laneBits(): usize {
  return base + LANE_BITS
}

/** Four u32: the offsets of the floats whose bits are set, then anything. */
function storeKept(at: usize, mask: i32): void {
  for (let lane = 0; lane < 4; lane++) {
    store<u32>(at, lane * 4)
    at += ((mask >> lane) & 1) << 2
  }
}
/** Of each mask of 4 floats, 16 bytes apart, the offsets of those whose bits are set */
// @ts-ignore: decorator
@inline
export function keptOffsets(): usize {
  return base + KEPT
}
/** PRODUCT_LISTS_BYTES */
// @ts-ignore: decorator
@inline
export function productLists(): usize {
  return base + INPUT
}
/** For each register tile of a Winograd block, 32 bits of each channel */
// @ts-ignore: decorator
@inline
export function channelBits(): usize {
  return base + CHANNEL_BITS
}
/** Lists of CHANNEL_LIST_BYTES for each CHANNELS_AT_ONCE channels */
// @ts-ignore: decorator
@inline
export function channelLists(): usize {
  return base + CHANNEL_LISTS
}
