import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { differentiate } from '../../../src/core/autodiff/differentiate.ts'
import { GraphBuilder } from '../../../src/core/ir/builder.ts'
import type { AttrsOf, Graph, InputsOf, OpName, Value } from '../../../src/core/ir/graph.ts'
import { type Shape, sizeOf } from '../../../src/core/ir/shape.ts'
import { type DType, type Tensor, tensor } from '../../../src/core/ir/tensor.ts'
import { verify } from '../../../src/core/ir/verify.ts'
import { runReference } from '../../../src/core/reference/backend.ts'
import '../../helpers/to-be-close.ts'

interface Packed {
  readonly shape: Shape
  readonly data: readonly (number | string)[]
}
interface Row {
  readonly name: string
  readonly op: OpName
  readonly attrs: Readonly<Record<string, unknown>>
  readonly inputs: readonly (Packed & { readonly dtype: DType })[]
  readonly output: Packed
  readonly cotangent?: Packed
  readonly gradients?: readonly (Packed | null)[]
}

const fixture: { torch: string; rows: readonly Row[] } = JSON.parse(
  readFileSync(new URL('../../fixtures/ops.json', import.meta.url), 'utf8'),
)

/** Both sides are float64: only the order of sums and the last digits of exp and the like differ. */
const ROUNDING = { relative: 1e-12, absolute: 1e-13 }

const decode = ({ shape, data }: Packed, dtype: DType = 'float'): Tensor =>
  tensor(shape, Float64Array.from(data, Number), dtype)

function graphOf({ op, inputs, attrs }: Row): { graph: Graph; values: Value[]; tensors: Tensor[] } {
  const g = new GraphBuilder()
  const tensors = inputs.map((input) => decode(input, input.dtype))
  const values = tensors.map((t, i) => (t.dtype === 'int' ? g.constant(t) : g.input(`input${i}`, t.shape)))
  // The fixture's rows are plain JSON; that they fit the op is checked when it infers its output.
  const output = g.emit(op, values as unknown as InputsOf<OpName, Value>, attrs as AttrsOf<OpName>)
  return { graph: verify(g.build([output])), values, tensors }
}

const floats = (tensors: readonly Tensor[]): Tensor[] => tensors.filter(({ dtype }) => dtype === 'float')

describe(`PyTorch ${fixture.torch} agrees with the value of`, () => {
  it.each(fixture.rows)('$name', (row) => {
    const { graph, tensors } = graphOf(row)
    const [actual] = runReference(graph, floats(tensors))
    expect(actual).toBeClose(decode(row.output), ROUNDING)
  })
})

describe(`PyTorch ${fixture.torch} agrees with the gradient of`, () => {
  it.each(fixture.rows.filter(({ gradients }) => gradients))('$name', (row) => {
    const { graph, values, tensors } = graphOf(row)
    const [output] = graph.outputs
    if (!output || !row.cotangent) throw new Error('a row with gradients has an output and a cotangent')
    const wrt = values.filter((_, i) => row.gradients?.[i])
    const gradients = runReference(verify(differentiate(graph, { output, wrt })), [
      ...floats(tensors),
      decode(row.cotangent),
    ])
    const expected = (row.gradients ?? []).flatMap((gradient) => (gradient ? [decode(gradient)] : []))
    expect(gradients.length).toBe(expected.length)
    for (const [i, gradient] of expected.entries()) expect(gradients[i]).toBeClose(gradient, ROUNDING)
  })
})

describe('special values', () => {
  it('keeps sigmoid a number for every finite and infinite x', () => {
    const g = new GraphBuilder()
    const x = g.input('x', [6])
    const graph = g.build([g.emit('sigmoid', [x], {})])
    const [y] = runReference(graph, [
      tensor([6], [-1e308, Number.NEGATIVE_INFINITY, -745, 745, 1e308, Number.POSITIVE_INFINITY]),
    ])
    expect(y?.data.every((v) => v >= 0 && v <= 1)).toBe(true)
  })

  it('sums to 1 under softmax whatever is added to the inputs', () => {
    const g = new GraphBuilder()
    const x = g.input('x', [3])
    const total = g.reduceSum(g.emit('softmax', [x], { axis: 0 }), [0], 'drop')
    for (const shift of [0, 1e3, -1e3, 1e300])
      expect(runReference(g.build([total]), [tensor([3], [shift, shift, shift])])[0]).toBeClose(
        tensor([], [1]),
        ROUNDING,
      )
  })

  it('reads an empty slice as an empty tensor', () => {
    const g = new GraphBuilder()
    const y = g.emit('slice', [g.input('x', [4])], { starts: [2], steps: [1], lengths: [0] })
    expect(sizeOf(y.shape)).toBe(0)
  })
})
