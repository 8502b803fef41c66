import type { Value } from '../../core/ir/graph.ts'
import type { Tensor } from '../../core/ir/tensor.ts'
import type { Attributes } from '../attributes.ts'
import { malformed, unsupported } from '../errors.ts'
import type { FoldingBuilder } from '../folding-builder.ts'

interface CallParts {
  readonly g: FoldingBuilder
  readonly opset: number
  readonly attrs: Attributes
  readonly inputs: readonly (Value | undefined)[]
  /** names, for translators of several values */
  readonly outputs: readonly string[]
  /** for each output whether anything reads it */
  readonly used: readonly boolean[]
  /** the batch size that the file fixes and that is free here instead */
  readonly freedBatch: number | undefined
}

/** One ONNX node while it is translated: its inputs as values, its attributes, and the builder to emit into. */
export class Call {
  readonly g: FoldingBuilder
  readonly opset: number
  readonly attrs: Attributes
  readonly inputs: readonly (Value | undefined)[]
  readonly outputs: readonly string[]
  readonly used: readonly boolean[]
  readonly freedBatch: number | undefined

  constructor(parts: CallParts) {
    this.g = parts.g
    this.opset = parts.opset
    this.attrs = parts.attrs
    this.inputs = parts.inputs
    this.outputs = parts.outputs
    this.used = parts.used
    this.freedBatch = parts.freedBatch
  }

  /** The first input. */
  get x(): Value {
    return this.input(0)
  }

  /** An input that must be there. Throws `malformed`. */
  input(index: number): Value {
    const value = this.inputs[index]
    if (!value) throw malformed(`it lacks its input ${index + 1}`)
    return value
  }

  /** All inputs, none left out. */
  get all(): readonly Value[] {
    if (this.inputs.length === 0) throw malformed('it has no inputs')
    return this.inputs.map((_, i) => this.input(i))
  }

  /** The numbers of an input that must be known while reading, or undefined when it is left out. */
  constant(index: number): Tensor | undefined {
    const value = this.inputs[index]
    if (!value) return undefined
    const data = this.g.constantOf(value)
    if (!data) throw unsupported(`its input ${index + 1} must be a constant, but it depends on the image`)
    return data
  }

  /** A list of ints that is an input in newer opsets and an attribute in older ones; undefined when neither is there. */
  ints(name: string, index: number): readonly number[] | undefined {
    const input = this.constant(index)
    if (input) return [...input.data]
    return this.attrs.has(name) ? this.attrs.ints(name) : undefined
  }

  /** A single number that is an input in newer opsets and an attribute in older ones. */
  number(name: string, index: number, byDefault: number): number {
    const input = this.constant(index)
    if (!input) return this.attrs.float(name, byDefault)
    const [value] = input.data
    if (input.data.length !== 1 || value === undefined)
      throw malformed(`its input ${index + 1} must be a single number, it has ${input.data.length}`)
    return value
  }
}

/** An ONNX op as IR: its outputs, one value when it has one. Errors name no node; the importer adds it. */
export type Translator = (call: Call) => Value | readonly (Value | undefined)[]
/** Translators by op name. */
export type Translators = Readonly<Record<string, Translator>>
