import { describe, expect, it } from 'vitest'
import {
  type DifferentiateOptions,
  differentiate,
  type Rule,
} from '../../../src/core/autodiff/differentiate.ts'
import { bindBatch } from '../../../src/core/ir/bind.ts'
import { GraphBuilder } from '../../../src/core/ir/builder.ts'
import type { Graph, OpName, Value } from '../../../src/core/ir/graph.ts'
import { printGraph } from '../../../src/core/ir/print.ts'
import { N } from '../../../src/core/ir/shape.ts'
import { type Tensor, tensor } from '../../../src/core/ir/tensor.ts'
import { verify } from '../../../src/core/ir/verify.ts'
import { runReference } from '../../../src/core/reference/backend.ts'
import { given, seeded, uniform } from '../../helpers/random.ts'
import '../../helpers/to-be-close.ts'

const plain = { groups: 1, strides: [1, 1], dilations: [1, 1], pads: [1, 1, 1, 1] } as const
const EXACT = { absolute: 0 }
const ROUNDING = { relative: 1e-12 }

const gradientGraph = (graph: Graph, options: DifferentiateOptions): Graph =>
  verify(differentiate(graph, options))
const opsOf = (graph: Graph): OpName[] => graph.nodes.map(({ op }) => op)
const count = (graph: Graph, op: OpName): number => opsOf(graph).filter((o) => o === op).length

/** conv → relu → conv → mean, as small as a network can be. */
function smallNet(batch: number) {
  const random = seeded(1)
  const g = new GraphBuilder()
  const x = g.input('x', [batch, 2, 5, 5])
  const w1 = g.constant(uniform([3, 2, 3, 3], random), 'w1')
  const w2 = g.constant(uniform([4, 3, 3, 3], random), 'w2')
  const hidden = g.emit('relu', [g.emit('conv', [x, w1], plain, 'conv1')], {}, 'hidden')
  const y = g.emit('globalAveragePool', [g.emit('conv', [hidden, w2], plain, 'conv2')], {}, 'y')
  return { graph: verify(g.build([y])), x, w1, w2, hidden, y }
}

/** y = f(x) on one vector. */
function vector(build: (g: GraphBuilder, x: Value) => Value, length = 3) {
  const g = new GraphBuilder()
  const x = g.input('x', [length])
  const y = build(g, x)
  return { graph: verify(g.build([y])), x, y }
}
const run = (graph: Graph, ...inputs: Tensor[]): Tensor => {
  const [first] = runReference(graph, inputs)
  if (!first) throw new Error('a graph without an output')
  return first
}
const v3 = (...values: number[]): Tensor => given([3], values)

describe('what differentiate builds', () => {
  it('has no weight gradients when only the input is asked for', () => {
    const { graph, x, y } = smallNet(1)
    const gradient = gradientGraph(graph, { output: y, wrt: [x] })
    expect(count(gradient, 'convTranspose')).toBe(2)
    expect(count(gradient, 'convWeightGrad')).toBe(0)
  })

  it('has no input gradient of the first layer when only weights are asked for', () => {
    const { graph, w1, w2, y } = smallNet(1)
    const gradient = gradientGraph(graph, { output: y, wrt: [w1, w2] })
    expect(count(gradient, 'convWeightGrad')).toBe(2)
    expect(count(gradient, 'convTranspose')).toBe(1)
  })

  it('stops at an intermediate value', () => {
    const { graph, hidden, y } = smallNet(1)
    const gradient = gradientGraph(graph, { output: y, wrt: [hidden] })
    expect(count(gradient, 'convTranspose')).toBe(1)
    expect(count(gradient, 'gate')).toBe(0)
    expect(gradient.outputs[0]?.shape).toEqual(hidden.shape)
  })

  it('takes the cotangent as its last input, shaped like the output', () => {
    const { graph, x, hidden } = smallNet(1)
    const gradient = gradientGraph(graph, { output: hidden, wrt: [x] })
    expect(gradient.inputs.map(({ name }) => name)).toEqual(['x', 'cotangent'])
    expect(gradient.inputs.at(-1)?.shape).toEqual(hidden.shape)
  })

  it('answers what is kept before the gradients', () => {
    const { graph, x, w1, hidden, y } = smallNet(1)
    const gradient = gradientGraph(graph, { output: y, wrt: [x, w1], keep: [hidden, y] })
    expect(gradient.outputs.slice(0, 2)).toEqual([hidden, y])
    expect(gradient.outputs.slice(2).map(({ shape }) => shape)).toEqual([x.shape, w1.shape])
  })

  it('leaves the graph that it is given alone', () => {
    const { graph, x, y } = smallNet(1)
    const before = printGraph(graph)
    differentiate(graph, { output: y, wrt: [x] })
    expect(printGraph(graph)).toBe(before)
  })

  it('prints as forward nodes followed by the reverse walk', () => {
    const { graph, x, y } = vector((g, x) => g.emit('relu', [x], {}, 'r'))
    expect(printGraph(gradientGraph(graph, { output: y, wrt: [x] }))).toBe(
      [
        '%0 x: float[3] = input',
        '%1 cotangent: float[3] = input',
        '%2 r: float[3] = relu(%0)',
        '%3: float[3] = gate(%1, %2) {lo=0, hi=Infinity}',
        'return %3',
      ].join('\n'),
    )
  })
})

describe('gradients', () => {
  it('add up over all uses of a value', () => {
    const { graph, x, y } = vector((g, x) => g.add(g.mul(x, x), x))
    expect(run(gradientGraph(graph, { output: y, wrt: [x] }), v3(1, 2, -3), v3(1, 1, 10))).toBeClose(
      v3(3, 5, -50),
      EXACT,
    )
  })

  it('add up through a ReLU that two branches share', () => {
    const { graph, x, y } = vector((g, x) => {
      const r = g.emit('relu', [x], {})
      return g.add(g.mul(r, g.scalar(2)), g.mul(r, r))
    })
    const gradient = gradientGraph(graph, { output: y, wrt: [x] })
    expect(count(gradient, 'gate')).toBe(1)
    expect(run(gradient, v3(3, -1, 0), v3(1, 1, 1))).toBeClose(v3(8, 0, 0), EXACT)
  })

  it('are 0 for ReLU and Clip at their kinks', () => {
    const relu = vector((g, x) => g.emit('relu', [x], {}))
    const clip = vector((g, x) => g.emit('clip', [x], { min: 0, max: 6 }))
    const at = ({ graph, x, y }: typeof relu) =>
      run(gradientGraph(graph, { output: y, wrt: [x] }), v3(0, 6, 3), v3(1, 1, 1))
    expect(at(relu)).toBeClose(v3(0, 1, 1), EXACT)
    expect(at(clip)).toBeClose(v3(0, 0, 1), EXACT)
  })

  it('route a tie of a max pool to the first maximum', () => {
    const g = new GraphBuilder()
    const x = g.input('x', [1, 1, 2, 2])
    const window = { strides: [1, 1], dilations: [1, 1], pads: [0, 0, 0, 0] } as const
    const y = g.emit('maxPool', [x], { ...window, kernel: [2, 2], ceilMode: false })
    const gradient = gradientGraph(g.build([y]), { output: y, wrt: [x] })
    const actual = run(gradient, given([1, 1, 2, 2], [1, 5, 5, 5]), given([1, 1, 1, 1], [7]))
    expect(actual).toBeClose(given([1, 1, 2, 2], [0, 7, 0, 0]), EXACT)
  })

  it('are the cotangent itself for the output', () => {
    const { graph, x, y } = vector((g, x) => g.mul(x, x))
    const results = runReference(gradientGraph(graph, { output: y, wrt: [y, x] }), [v3(1, 2, 3), v3(4, 5, 6)])
    expect(results[0]).toBeClose(v3(4, 5, 6), EXACT)
    expect(results[1]).toBeClose(v3(8, 20, 36), EXACT)
  })

  it('are zeros for what does not reach the output', () => {
    const g = new GraphBuilder()
    const [x, unused] = [g.input('x', [3]), g.input('unused', [2, 2])]
    const y = g.neg(x)
    const gradient = gradientGraph(g.build([y]), { output: y, wrt: [unused] })
    const zeros = given([2, 2], [0, 0, 0, 0])
    expect(run(gradient, v3(1, 2, 3), given([2, 2], [1, 2, 3, 4]), v3(1, 1, 1))).toBeClose(zeros, EXACT)
  })

  it('are summed over the axes along which a value was broadcast', () => {
    const g = new GraphBuilder()
    const shapes = [[2, 3, 2], [3, 1], [], [1, 1, 1, 1]]
    const inputs = shapes.map((shape, i) => g.input(`x${i}`, shape))
    const y = inputs.reduce((sum, x) => g.add(sum, x))
    const gradient = gradientGraph(g.build([y]), { output: y, wrt: inputs })
    const zeros = shapes.map((shape) => tensor(shape, new Float64Array(shape.reduce((a, b) => a * b, 1))))
    const ct = given([1, 2, 3, 2], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12])
    const [full, column, single, one] = runReference(gradient, [...zeros, ct])
    expect(full).toBeClose({ shape: [2, 3, 2], data: ct.data }, EXACT)
    expect(column).toBeClose(given([3, 1], [1 + 2 + 7 + 8, 3 + 4 + 9 + 10, 5 + 6 + 11 + 12]), EXACT)
    expect(single).toBeClose(given([], [78]), EXACT)
    expect(one).toBeClose(given([1, 1, 1, 1], [78]), EXACT)
  })

  it('can be differentiated again', () => {
    const { graph, x, y } = vector((g, x) => g.mul(g.mul(x, x), x))
    const first = gradientGraph(graph, { output: y, wrt: [x] })
    const [slope] = first.outputs
    if (!slope) throw new Error('one gradient')
    const second = gradientGraph(first, { output: slope, wrt: [x] })
    expect(run(second, v3(1, 2, -3), v3(1, 1, 1), v3(1, 1, 1))).toBeClose(v3(6, 12, -18), ROUNDING)
  })

  it('of a free batch are those of each sample by itself', () => {
    const random = seeded(5)
    const samples = [uniform([1, 2, 5, 5], random), uniform([1, 2, 5, 5], random)]
    const cts = [uniform([1, 4, 1, 1], random), uniform([1, 4, 1, 1], random)]
    const stack = ([a, b]: Tensor[]): Tensor =>
      tensor([2, ...(a?.shape.slice(1) ?? [])], [...(a?.data ?? []), ...(b?.data ?? [])])
    const { graph, x, y } = smallNet(N)
    const gradient = gradientGraph(graph, { output: y, wrt: [x] })
    const together = run(verify(bindBatch(gradient, 2)), stack(samples), stack(cts))
    const apart = samples.map((sample, i) => run(bindBatch(gradient, 1), sample, cts[i] ?? sample))
    expect(together).toBeClose(stack(apart), ROUNDING)
  })

  it('of a mean over a free batch divide by the batch that is bound', () => {
    const g = new GraphBuilder()
    const x = g.input('x', [N, 2])
    const y = g.emit('reduceMean', [x], { axes: [0, 1], keepDims: false })
    const gradient = bindBatch(gradientGraph(g.build([y]), { output: y, wrt: [x] }), 4)
    const eighth = tensor([4, 2], new Float64Array(8).fill(1 / 8))
    expect(run(gradient, tensor([4, 2], new Float64Array(8)), tensor([], [1]))).toBeClose(eighth, EXACT)
  })
})

describe('rules', () => {
  const guided: Rule = {
    name: 'guided backpropagation',
    match: ({ op }) => op === 'relu',
    vjp: (g, node, ct) => [
      () => g.emit('gate', [g.emit('relu', [ct], {}), node.output], { lo: 0, hi: Number.POSITIVE_INFINITY }),
    ],
  }

  it('replace the gradient of the nodes that they match', () => {
    const { graph, x, y } = vector((g, x) => g.emit('relu', [x], {}))
    const gradient = gradientGraph(graph, { output: y, wrt: [x], rules: [guided] })
    expect(opsOf(gradient)).toEqual(['relu', 'relu', 'gate'])
    expect(run(gradient, v3(1, 1, -1), v3(2, -2, 2))).toBeClose(v3(2, 0, 0), EXACT)
  })

  it('are tried in order, the first match wins', () => {
    const { graph, x, y } = vector((g, x) => g.emit('relu', [x], {}))
    const deconvnet: Rule = {
      ...guided,
      name: 'deconvnet',
      vjp: (g, _, ct) => [() => g.emit('relu', [ct], {})],
    }
    const gradient = gradientGraph(graph, { output: y, wrt: [x], rules: [deconvnet, guided] })
    expect(run(gradient, v3(1, 1, -1), v3(2, -2, 2))).toBeClose(v3(2, 0, 2), EXACT)
  })

  it('see where a node stands among those on the path', () => {
    const { graph, x, y } = vector((g, x) => g.emit('tanh', [g.neg(g.emit('exp', [x], {}))], {}))
    const seen: string[] = []
    const spy: Rule = {
      name: 'spy',
      match: ({ op }, { index, count }) => seen.push(`${op} ${index}/${count}`) < 0,
      vjp: () => [],
    }
    differentiate(graph, { output: y, wrt: [x], rules: [spy] })
    expect(seen).toEqual(['tanh 2/3', 'neg 1/3', 'exp 0/3'])
  })
})

describe('an op without a gradient', () => {
  it('is named when the path crosses it', () => {
    const { graph, x, y } = vector((g, x) => g.emit('equal', [x, g.scalar(0)], {}, 'mask'))
    expect(() => differentiate(graph, { output: y, wrt: [x] })).toThrow(
      expect.objectContaining({ kind: 'not-differentiable', message: 'equal mask has no gradient' }),
    )
  })

  it('does not matter beside the path', () => {
    const { graph, x, y } = vector((g, x) =>
      g.emit('where', [g.emit('equal', [x, g.scalar(0)], {}), g.scalar(5), g.mul(x, x)], {}),
    )
    const gradient = gradientGraph(graph, { output: y, wrt: [x] })
    expect(run(gradient, v3(0, 2, 3), v3(1, 1, 1))).toBeClose(v3(0, 4, 6), EXACT)
  })

  it('can be given one by a rule', () => {
    const { graph, x, y } = vector((g, x) => g.emit('equal', [x, g.scalar(0)], {}))
    const straight: Rule = {
      name: 'straight through',
      match: ({ op }) => op === 'equal',
      vjp: (_, __, ct) => [() => ct],
    }
    const gradient = gradientGraph(graph, { output: y, wrt: [x], rules: [straight] })
    expect(run(gradient, v3(0, 2, 3), v3(1, 2, 3))).toBeClose(v3(1, 2, 3), EXACT)
  })
})
