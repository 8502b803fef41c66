import type { Node, Value } from '../ir/graph.ts'
import type { Shape } from '../ir/shape.ts'
import { MAX_WINOGRAD_CHANNELS } from '../kernels/encode.ts'
import type { WinogradTile } from '../kernels/winograd.ts'
import type { LoweringContext, Step } from '../plan/lowering.ts'
import type { ConvAttrs } from './conv.ts'
import { type Direction, denseWeights, isTransposed } from './dense-weights.ts'
import { plainEpilogue } from './epilogue.ts'
import { imageShape } from './window.ts'

/** A dense convolution as Winograd's algorithm sees it. */
interface Candidate {
  readonly batch: number
  readonly outH: number
  readonly outW: number
  readonly channels: number
  readonly filters: number
}

/**
 * Nanoseconds of one thread with AVX2, fitted to ResNet-18's layers by both tiles and directly: a fused
 * multiply-add of 16 columns, one of a weight's 9 numbers read from memory, 8 numbers of a picture transformed on their way in or out,
 * 8 numbers of weights on their way in.
 */
const COST = { product: 0.33, weight: 0.2, transform: 2.5, weightTransform: 0.8 }

/** Tiles of a block, about, as they are cut: each has the weights transformed for itself. */
const BLOCK_TILES = 72

const roundUp = (value: number, step: number): number => Math.ceil(value / step) * step

/** What the direct kernel takes: 9 products a pixel. */
const directNs = ({ batch, outH, outW, channels, filters }: Candidate): number =>
  (batch * outH * outW * 9 * channels * filters * COST.product) / 16 + channels * filters * 9 * COST.weight

function winogradNs({ batch, outH, outW, channels, filters }: Candidate, tile: WinogradTile): number {
  const points = (tile + 2) ** 2
  const tiles = batch * Math.ceil(outH / tile) * Math.ceil(outW / tile)
  const products = (roundUp(tiles, 6) * points * channels * filters) / 16
  const transformed = tiles * points * (channels + filters)
  const weights = Math.ceil(tiles / BLOCK_TILES) * points * channels * filters
  return (
    products * COST.product +
    channels * filters * 9 * COST.weight +
    (transformed * COST.transform + weights * COST.weightTransform) / 8
  )
}

/** The tiles that may be allowed: small ones only, or both sizes. */
const SMALL: readonly WinogradTile[] = [2]
const BOTH: readonly WinogradTile[] = [2, 4]

/** The tile size of those allowed that beats the direct kernel by the cost model, where there is one. */
export function winogradTile(
  candidate: Candidate,
  allowed: readonly WinogradTile[],
): WinogradTile | undefined {
  const costs = allowed.map((tile) => ({ tile, ns: winogradNs(candidate, tile) }))
  const [best] = costs.filter(({ ns }) => ns < directNs(candidate)).sort((p, q) => p.ns - q.ns)
  return best?.tile
}

/**
 * F(4×4, 3×3) with its partial sums rounds about as much as the direct sum, but each pixel of a tile in its own way: where equal pixels
 * may be the largest, small tiles only, which keep them equal. Measured as the gradients' errors against f64 on 40 photos:
 * those of ResNets are like PyTorch's in f32 with either tile, VGG-16's ten times as large with large ones.
 */
const allowedTiles = (output: Value, context: LoweringContext): readonly WinogradTile[] =>
  context.isCompared(output) ? SMALL : BOTH

/** A convolution of such sides, where the kernel takes it. */
function candidateOf(
  batch: number,
  x: Shape,
  w: Shape,
  { groups, strides, dilations }: ConvAttrs,
  output: Shape,
): Candidate | undefined {
  const [, channels] = imageShape(x, 'x')
  const [, filters, outH, outW] = imageShape(output, 'y')
  const [, , kh, kw] = imageShape(w, 'w')
  const plain = groups === 1 && kh === 3 && kw === 3 && [...strides, ...dilations].every((s) => s === 1)
  const fits = channels % 8 === 0 && filters % 16 === 0 && channels <= MAX_WINOGRAD_CHANNELS
  return plain && fits ? { batch, outH, outW, channels, filters } : undefined
}

/** Whether a convolution and its adjoint are computed by one algorithm, and a sample has the same bits, in batches of 1 to `most`. */
export function isAlikeInBatches(
  { inputs: [{ shape: x }, { shape: w }], attrs, output: { shape: y } }: Node<'conv' | 'convTranspose'>,
  most: number,
): boolean {
  const tiles = (from: Shape, to: Shape, allowed: readonly WinogradTile[]) =>
    Array.from({ length: most }, (_, i) => {
      const candidate = candidateOf(i + 1, from, w, attrs, to)
      return candidate && winogradTile(candidate, allowed)
    })
  const choices = [SMALL, BOTH].flatMap((allowed) => [tiles(x, y, allowed), tiles(y, x, allowed)])
  return choices.every((choice) => new Set(choice).size === 1)
}

/** The Winograd step of a convolution or of its adjoint, where the kernel takes it and the cost model prefers it. */
export function winogradStep(
  x: Value,
  w: Value,
  bias: Value | undefined,
  attrs: ConvAttrs,
  output: Value,
  context: LoweringContext,
  direction: Direction,
): Step | undefined {
  const [batch, , inH, inW] = imageShape(x.shape, 'x')
  const candidate = candidateOf(batch, x.shape, w.shape, attrs, output.shape)
  if (!candidate || !context.isConstant(w)) return undefined
  const tile = winogradTile(candidate, allowedTiles(output, context))
  if (!tile) return undefined
  const { outH, outW, channels, filters } = candidate
  const { groups, pads } = attrs
  // without strides the adjoint is a convolution too: channels change places, the window is turned around
  const [padTop, padLeft] = direction === 'conv' ? [pads[0], pads[1]] : [2 - pads[0], 2 - pads[1]]
  return {
    kernel: 'winograd',
    args: {
      ...{ x: context.ref(x), w: denseWeights(w, groups, direction), out: context.ref(output) },
      ...{ batch, inH, inW, outH, outW, padTop, padLeft, channels, filters, tile },
      ...{ transposed: isTransposed(direction), turned: 0, sparse: 0 },
      bias: bias && context.ref(bias),
      ...plainEpilogue,
    },
  }
}
