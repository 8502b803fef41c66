import { GraphBuilder } from '../core/ir/builder.ts'
import type { AttrsOf, InputsOf, OpName, Value } from '../core/ir/graph.ts'
import { presentInputs } from '../core/ir/graph.ts'
import { formatShape, isSymbolic, N, type Shape, sizeOf } from '../core/ir/shape.ts'
import type { Tensor } from '../core/ir/tensor.ts'
import { inferOutput } from '../core/ops/index.ts'
import { unsupported } from './errors.ts'
import { evaluateConstant } from './evaluate-constant.ts'

/** Constants up to this many numbers are computed while reading: shapes, indices, axes, the arithmetic on them. */
const MAX_FOLDED = 4096
/** Per sample: no value of a real classifier is near it, and a file can claim any number. */
const MAX_ELEMENTS = 2 ** 28
/** Of any value or tensor. */
export const MAX_RANK = 16
/** From here on a number that came from a shape is taken for a multiple of `N`, whatever was done to it. */
const LARGE = 2 ** 20

/** The number of a sample in the free batch, in computed indices: one entry of 2³² stands for 0, 1, …, N−1. */
export const SAMPLE = -N

/**
 * Builds the graph of a file and computes small constants at once, so that shapes that exporters compute with nodes are
 * known when Reshape asks for them. `N` survives in such shapes, but must not leak into what the network computes.
 */
export class FoldingBuilder extends GraphBuilder {
  readonly #fromShapes = new WeakSet<Value>()
  #countsSamples = false

  /** Whether the file computes indices from the numbers of the samples. */
  get countsSamples(): boolean {
    return this.#countsSamples
  }

  /** The numbers of all samples, as one entry. */
  sampleNumbers(): Value {
    this.#countsSamples = true
    return this.shapeConstant({ shape: [1], dtype: 'int', data: Float64Array.of(SAMPLE) })
  }

  /** Marks a constant as computed from a shape: it may hold multiples of `N`. */
  shapeConstant(data: Tensor): Value {
    const value = this.constant(data)
    this.#fromShapes.add(value)
    return value
  }

  /** Whether the value is a constant computed from a shape. */
  isFromShape(value: Value): boolean {
    return this.#fromShapes.has(value)
  }

  override emit<K extends OpName>(op: K, inputs: InputsOf<K, Value>, attrs: AttrsOf<K>, name = ''): Value {
    const { shape, dtype } = inferOutput(op, inputs, attrs)
    checkSize(shape)
    const present = presentInputs({ inputs })
    const isSmall = [shape, ...present.map((v) => v.shape)].every((s) => sizeOf(s) <= MAX_FOLDED)
    if (isSmall && !windowed.has(op)) {
      const node = { op, inputs, attrs, output: { name, shape, dtype } }
      const folded = evaluateConstant(node, (value) => this.constantOf(value))
      if (folded)
        return present.some((v) => this.isFromShape(v)) ? this.shapeConstant(folded) : this.constant(folded)
    }
    for (const value of present) this.#checkLeak(value)
    return super.emit(op, inputs, attrs, name)
  }

  #checkLeak(value: Value): void {
    if (!this.isFromShape(value)) return
    const data = this.constantOf(value)?.data ?? []
    if (data.some((v) => !(Math.abs(v) < LARGE)))
      throw unsupported('it computes with the batch size, which is free here')
  }
}

/** Windows may be far larger than what they slide over: nothing that a shape is computed with. */
const windowed: ReadonlySet<OpName> = new Set(['conv', 'convTranspose', 'maxPool', 'averagePool'])

function checkSize(shape: Shape): void {
  if (shape.length > MAX_RANK) throw unsupported(`a value has ${shape.length} axes, more than ${MAX_RANK}`)
  const perSample = sizeOf(shape.map((dim) => (isSymbolic(dim) ? dim / N : dim)))
  if (!(perSample <= MAX_ELEMENTS))
    throw unsupported(`a value of shape ${formatShape(shape)} has more than ${MAX_ELEMENTS} numbers a sample`)
}
