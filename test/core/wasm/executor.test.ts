import { describe, expect, it } from 'vitest'
import { GraphBuilder } from '../../../src/core/ir/builder.ts'
import type { Graph, Value } from '../../../src/core/ir/graph.ts'
import { type Shape, sizeOf } from '../../../src/core/ir/shape.ts'
import { type Tensor, tensor } from '../../../src/core/ir/tensor.ts'
import { referenceBackend } from '../../../src/core/reference/backend.ts'
import { wasmBackend } from '../../helpers/wasm-backend.ts'
import '../../helpers/to-be-close.ts'

const numbers = (shape: Shape, seed = 0): Tensor =>
  tensor(
    shape,
    Float32Array.from({ length: sizeOf(shape) }, (_, i) => Math.sin(i * 12.9898 + seed)),
  )
const window = { groups: 1, strides: [1, 1], dilations: [1, 1], pads: [1, 1, 1, 1] } as const

/** Runs both backends and compares every output. */
function expectAgreement(graph: Graph): void {
  const inputs = graph.inputs.map(({ shape }, i) => numbers(shape, i))
  const expected = referenceBackend.compile(graph, 1).run(inputs)
  const actual = wasmBackend().compile(graph, 1).run(inputs)
  actual.forEach((output, i) => {
    const reference = expected[i]
    if (!reference) throw new Error('the backends answer different numbers of outputs')
    expect(output).toBeClose(reference, { relative: 1e-5 })
  })
}

describe('WasmBackend', () => {
  it('tells constants of the same bytes apart that have other shapes', () => {
    const g = new GraphBuilder()
    const bytes = numbers([24])
    const add = (shape: Shape) => {
      const x = g.emit(
        'conv',
        [g.input('x', shape), g.constant(numbers([shape[1] ?? 1, shape[1] ?? 1, 3, 3]))],
        window,
      )
      return g.add(x, g.constant(tensor(shape, bytes.data)))
    }
    expectAgreement(g.build([add([1, 2, 3, 4]), add([1, 4, 3, 2])]))
  })

  it('tells constants of the same bytes apart that have another width', () => {
    const g = new GraphBuilder()
    const doubles = g.constant(tensor([500], new Float64Array(500)))
    const singles = g.constant(tensor([1000], new Float32Array(1000)))
    expectAgreement(g.build([g.add(g.input('a', [500]), doubles), g.add(g.input('b', [1000]), singles)]))
  })

  it.each<[string, Shape, Shape]>([
    ['the mask', [1, 4, 4, 4], [1, 4, 1, 1]],
    ['the cotangent', [1, 4, 1, 1], [1, 4, 5, 5]],
  ])('computes a gate after a convolution when %s is broadcast', (_, picture, mask) => {
    const g = new GraphBuilder()
    const y = g.emit('conv', [g.input('x', picture), g.constant(numbers([4, 4, 3, 3]))], window)
    expectAgreement(g.build([g.emit('gate', [y, g.input('mask', mask)], { lo: 0, hi: 1 })]))
  })

  it('reads indices of any rank in their own order', () => {
    const g = new GraphBuilder()
    const indices = g.constant(tensor([1, 2, 2, 2], [0, 1, 2, 3, 4, 5, 0, 2], 'int'))
    expectAgreement(g.build([g.emit('gather', [g.input('x', [6]), indices], { axis: 0 })]))
  })

  it('answers inputs and constants that are outputs', () => {
    const g = new GraphBuilder()
    const x = g.input('x', [1, 2, 3, 3])
    expectAgreement(g.build([x, g.constant(numbers([2, 2])), g.reshape(x, [18])]))
  })

  it('shows what it answers without a copy, until it runs again', () => {
    const g = new GraphBuilder()
    const x = g.input('x', [4])
    const program = wasmBackend().compile(g.build([g.add(x, x)]), 1)
    const [first, second] = [numbers([4]), numbers([4], 1)]
    const doubled = ({ data }: Tensor) => Array.from(data, (value) => 2 * value)
    const [kept] = program.run([first])
    const shown = program.visit([first], ([output]) => {
      expect(Array.from(output?.data ?? [])).toEqual(doubled(first))
      return output
    })
    program.run([second])
    expect(Array.from(shown?.data ?? [])).toEqual(doubled(second))
    expect(Array.from(kept?.data ?? [])).toEqual(doubled(first))
  })

  it('refuses to run while its answers are looked at, and only then', () => {
    const g = new GraphBuilder()
    const x = g.input('x', [4])
    const program = wasmBackend().compile(g.build([g.add(x, x)]), 1)
    const look = () => program.visit([numbers([4])], () => program.run([numbers([4], 1)]))
    expect(look).toThrow(expect.objectContaining({ kind: 'graph' }))
    expect(program.run([numbers([4])])).toHaveLength(1)
  })

  it.each<[string, (g: GraphBuilder, x: Value, carried: Value) => Value]>([
    ['in its place', (g, x, carried) => g.emit('accumulate', [carried, x], {})],
    [
      'in another one',
      (g, x, carried) => g.sub(g.emit('transpose', [g.mul(x, x)], { perm: [0, 2, 3, 1] }), carried),
    ],
  ])('folds runs as one after the other, what is carried %s', (_, combine) => {
    const g = new GraphBuilder()
    const held = g.heldInput('held', [1, 2, 3, 5])
    const x = g.input('x', [1, 2, 3, 5])
    const y = combine(g, g.add(g.mul(x, held), held), g.input('carried', [1, 3, 5, 2]))
    const graph = g.build([y])
    const [shared, first] = [numbers([1, 2, 3, 5], 7), numbers([1, 3, 5, 2], 8)]
    const runs = [1, 2, 3, 4].map((seed) => [shared, numbers([1, 2, 3, 5], seed)])
    for (const backend of [referenceBackend, wasmBackend()]) {
      const program = backend.compile(graph, 1)
      const expected = runs.reduce(
        (carried, inputs) => program.run([...inputs, carried])[0] ?? carried,
        first,
      )
      expect(program.fold(first, runs)).toEqual(expected)
      expect(program.fold(first, runs.slice(0, 1))).toEqual(program.run([...(runs[0] ?? []), first])[0])
      expect(() => program.fold(first, [])).toThrow('there is no run to fold')
    }
  })

  it('keeps held inputs where they are, whatever else needs room', () => {
    const g = new GraphBuilder()
    const held = g.heldInput('held', [4096])
    const once = g.input('once', [4096])
    let y = g.add(held, once)
    for (let i = 0; i < 4; i++) y = g.emit('sigmoid', [g.mul(y, y)], {})
    const { plan } = wasmBackend().compile(g.build([y]), 1)
    const end = 4096 * 4
    const [own, ...others] = plan.inputs.map(({ offset }) => offset)
    const written = plan.steps.flatMap(({ args: { out } }) =>
      typeof out === 'object' && 'arena' in out ? [out.arena] : [],
    )
    expect(written).toHaveLength(plan.steps.length)
    for (const other of [...others, ...written])
      expect(Math.abs(other - (own ?? 0))).toBeGreaterThanOrEqual(end)
  })

  it('folds graphs with one output only', () => {
    const g = new GraphBuilder()
    const x = g.input('x', [4])
    const graph = g.build([g.neg(x), g.add(x, x)])
    for (const backend of [referenceBackend, wasmBackend()])
      expect(() => backend.compile(graph, 1).fold(numbers([4]), [[]])).toThrow(
        'a fold is of graphs with one output',
      )
  })

  it('refuses to run while it folds, and takes new held inputs after a fold that failed', () => {
    const g = new GraphBuilder()
    const [held, x, carried] = [g.heldInput('held', [4]), g.input('x', [4]), g.input('carried', [4])]
    const program = wasmBackend().compile(g.build([g.add(g.mul(held, x), carried)]), 1)
    const [a, b, first] = [numbers([4], 1), numbers([4], 2), numbers([4], 3)]
    function* running() {
      yield [a, b]
      program.run([a, b, first])
      yield [a, b]
    }
    expect(() => program.fold(first, running())).toThrow(expect.objectContaining({ kind: 'graph' }))
    const wrong = [
      [a, b],
      [a, numbers([3])],
    ]
    expect(() => program.fold(first, wrong)).toThrow('input x is [4], got [3]')
    expect(program.fold(first, [[b, a]])).toEqual(program.run([b, a, first])[0])
  })

  it('refuses an input of another shape', () => {
    const g = new GraphBuilder()
    const program = wasmBackend().compile(g.build([g.neg(g.input('x', [2, 3]))]), 1)
    expect(() => program.run([numbers([3, 2])])).toThrow('input x is [2,3], got [3,2]')
    expect(() => program.run([])).toThrow('input x is [2,3], got nothing')
  })
})
