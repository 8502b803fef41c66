import type { Value } from '../ir/graph.ts'
import { MAX_TURNED_ROWS } from '../kernels/encode.ts'
import type { ColumnPacking, PackedRef, Packing, Step } from './lowering.ts'

/**
 * Fewer numbers are packed for each pass: turning a tile takes as long as its product of some 16 rows, and small weights go
 * with many rows, worked on in several blocks.
 */
const WORTH_SHARING = 1 << 18
const TILE = 16

/**
 * Numbers of all weights, 64 MB, up to which there is room for them twice. Turning is never free: 3 % of ResNet-18's gradient. Only with
 * a single row there is nothing to gain: reading the weights takes longer.
 */
export const ROOMY = 1 << 24

/**
 * Forward pass and adjoint multiply by the same weights with rows and columns exchanged. Where they are large, in a large model or
 * in a product of a single row, a later step reads what an earlier one has packed and turns it tile by tile: they lie in memory once.
 */
export class SharedWeights {
  readonly #packings = new Map<Value, Packing[]>()
  readonly #isRoomy: boolean

  /** `numbers`: those of all the model's weights */
  constructor(numbers: number) {
    this.#isRoomy = numbers <= ROOMY
  }

  /** The step with weights that an earlier one has packed, or as it is. `source`: its weights, a constant. */
  share(step: Step, source: Value): Step {
    const packings = this.#packings.get(source) ?? []
    this.#packings.set(source, packings)
    const { w } = { w: undefined, ...step.args }
    if (typeof w !== 'object' || !('packing' in w)) return step
    const turned = this.#isRoomy && !isSingleRow(step) ? undefined : turnedStep(step, w, packings)
    if (!turned) packings.push(w.packing)
    return turned ?? step
  }
}

/** The step with the same weights as they were packed for the other pass, where it can turn them. */
function turnedStep(step: Step, w: PackedRef, packings: readonly Packing[]): Step | undefined {
  const { packing } = w
  if (packing.kind !== 'columns' || !isTurnable(packing, step)) return undefined
  const back = packings.find((known) => known.kind === 'columns' && areExchanged(known, packing))
  if (!back) return undefined
  const turned = { w: { ...w, packing: back }, turned: 1 }
  switch (step.kernel) {
    case 'conv':
      return { ...step, args: { ...step.args, ...turned } }
    case 'winograd':
      return { ...step, args: { ...step.args, ...turned } }
    default:
      return undefined
  }
}

const isSingleRow = ({ kernel, args }: Step): boolean =>
  kernel === 'conv' && [args.batch, args.outH, args.outW].every((size) => size === 1)

/** Whether it is worth turning, and the kernel can: `conv` turns a whole column tile at a time, `winograd` whole tiles of channels. */
function isTurnable({ groups, taps, k, n }: ColumnPacking, { kernel }: Step): boolean {
  const isWorth = groups === 1 && n % TILE === 0 && taps * k * n >= WORTH_SHARING
  return isWorth && (kernel === 'winograd' ? k % TILE === 0 : taps * k <= MAX_TURNED_ROWS)
}

const areExchanged = (a: ColumnPacking, b: ColumnPacking): boolean =>
  a.groups === 1 &&
  a.offset === b.offset &&
  a.taps === b.taps &&
  a.tapStride === b.tapStride &&
  a.k === b.n &&
  a.n === b.k &&
  a.kStride === b.nStride &&
  a.nStride === b.kStride
