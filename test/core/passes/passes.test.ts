import { describe, expect, it } from 'vitest'
import { differentiate } from '../../../src/core/autodiff/differentiate.ts'
import { GraphBuilder } from '../../../src/core/ir/builder.ts'
import type { Graph, Value } from '../../../src/core/ir/graph.ts'
import { printGraph } from '../../../src/core/ir/print.ts'
import { N, type Shape, sizeOf } from '../../../src/core/ir/shape.ts'
import { type Tensor, tensor } from '../../../src/core/ir/tensor.ts'
import { verify } from '../../../src/core/ir/verify.ts'
import type { PoolAttrs } from '../../../src/core/ops/pool.ts'
import { canonicalize } from '../../../src/core/passes/canonicalize.ts'
import { commonSubexpressions } from '../../../src/core/passes/common-subexpressions.ts'
import { deadCode } from '../../../src/core/passes/dead-code.ts'
import { foldBatchNorm } from '../../../src/core/passes/fold-batch-norm.ts'
import { foldConstants } from '../../../src/core/passes/fold-constants.ts'
import { gateBeforePool } from '../../../src/core/passes/gate-before-pool.ts'
import { canonical, simplify } from '../../../src/core/passes/index.ts'
import { referenceBackend } from '../../../src/core/reference/backend.ts'
import { wasmBackend } from '../../helpers/wasm-backend.ts'
import '../../helpers/to-be-close.ts'

const noise = (shape: Shape, seed: number): Tensor =>
  tensor(
    shape,
    Float32Array.from({ length: sizeOf(shape) }, (_, i) => Math.sin(i * 12.9898 + seed)),
  )
const window = { groups: 1, strides: [1, 1], dilations: [1, 1], pads: [1, 1, 1, 1] } as const

/** conv → batch norm → ReLU written as a clip → mean over the picture → product → batch norm on two axes. */
function net(): Graph {
  const g = new GraphBuilder()
  const constant = (shape: Shape, seed: number, name = ''): Value => g.constant(noise(shape, seed), name)
  const positive = (shape: Shape, seed: number): Value =>
    g.constant(
      tensor(
        shape,
        noise(shape, seed).data.map((v) => v * v + 0.1),
      ),
    )
  const norm = (x: Value, channels: number, seed: number, name: string): Value =>
    g.emit(
      'batchNorm',
      [
        x,
        constant([channels], seed),
        constant([channels], seed + 1),
        constant([channels], seed + 2),
        positive([channels], seed + 3),
      ],
      { epsilon: 1e-3 },
      name,
    )
  const x = g.input('image', [N, 2, 5, 5])
  const a = norm(
    g.emit('conv', [x, constant([3, 2, 3, 3], 1, 'w'), constant([3], 2)], window, 'conv'),
    3,
    10,
    'bn',
  )
  const b = g.emit('clip', [a], { min: 0, max: Number.POSITIVE_INFINITY }, 'act')
  const c = g.emit('reduceMean', [b], { axes: [2, 3], keepDims: true }, 'mean')
  const d = g.reshape(c, [N, 3])
  const e = g.emit('gemm', [d, constant([3, 4], 3), constant([4], 4)], {
    alpha: 1,
    beta: 0.5,
    transA: false,
    transB: false,
  })
  return g.build([norm(e, 4, 20, 'logits')])
}

/** The first output for a batch of two. */
function run(graph: Graph, inputs: readonly Tensor[]): Tensor {
  const [output] = referenceBackend.compile(graph, 2).run(inputs)
  if (!output) throw new Error('the graph has no output')
  return output
}

describe('passes', () => {
  const graph = net()
  const inputs = [noise([2, 2, 5, 5], 5)]
  const expected = run(graph, inputs)

  it.each([
    ['foldConstants', foldConstants],
    ['foldBatchNorm', foldBatchNorm],
    ['canonicalize', canonicalize],
    ['commonSubexpressions', commonSubexpressions],
    ['deadCode', deadCode],
    ['canonical', canonical],
  ])('%s keeps what the graph computes, and the IR in order', (_, pass) => {
    const result = run(verify(pass(graph)), inputs)
    // Folded weights are kept in f32.
    expect(result).toBeClose(expected, { relative: 1e-6 })
  })

  it('leaves one form: batch norm folded, the ReLU a relu, the mean a globalAveragePool, names kept', () => {
    expect(printGraph(canonical(graph))).toMatchInlineSnapshot(`
      "%0 image: float[N,2,5,5] = input
      %1 w: float[3,2,3,3] = constant
      %2: float[3] = constant
      %3: float[4] = constant
      %4: float[3,4] = constant
      %5 bn: float[N,3,5,5] = conv(%0, %1, %2) {groups=1, strides=[1,1], dilations=[1,1], pads=[1,1,1,1]}
      %6 act: float[N,3,5,5] = relu(%5)
      %7 mean: float[N,3,1,1] = globalAveragePool(%6)
      %8: float[N,3] = reshape(%7) {shape=[N,3]}
      %9 logits: float[N,4] = gemm(%8, %4, %3) {alpha=1, beta=1, transA=false, transB=false}
      return %9"
    `)
  })

  it('keeps gradients through rules with changed weights foldable', () => {
    const forward = canonical(graph)
    const [output] = forward.outputs
    const [image] = forward.inputs
    if (!output || !image) throw new Error('the net has an input and an output')
    const plain = differentiate(forward, { output, wrt: [image] })
    const ct = noise([2, 4], 6)
    expect(run(verify(simplify(plain)), [...inputs, ct])).toBeClose(run(plain, [...inputs, ct]), {
      relative: 1e-9,
    })
  })
})

describe('canonicalize', () => {
  const infinity = Number.POSITIVE_INFINITY
  type Bounds = readonly [min: number, max: number]
  it.each<[string, readonly Bounds[], string]>([
    [
      'min(max(x, 0), 6)',
      [
        [0, infinity],
        [-infinity, 6],
      ],
      'clip 0 6',
    ],
    [
      'max(min(x, 6), 0)',
      [
        [-infinity, 6],
        [0, infinity],
      ],
      'clip 0 6',
    ],
    [
      'relu(relu(x))',
      [
        [0, infinity],
        [0, infinity],
      ],
      'relu',
    ],
    [
      'relu(clip(x, -1, ∞))',
      [
        [-1, infinity],
        [0, infinity],
      ],
      'relu',
    ],
    [
      'clip(clip(x, 0, 6), -1, 9)',
      [
        [0, 6],
        [-1, 9],
      ],
      'clip 0 6',
    ],
    [
      'clip(clip(x, 0, 6), 2, 9), then min 5',
      [
        [0, 6],
        [2, 9],
        [-infinity, 5],
      ],
      'clip 2 5',
    ],
    [
      'bounds that do not meet',
      [
        [0, 1],
        [2, 3],
      ],
      'clip 2 2',
    ],
  ])('makes one bound of %s', (_, bounds, expected) => {
    const g = new GraphBuilder()
    let x = g.input('x', [N, 3])
    for (const [min, max] of bounds) x = g.emit('clip', [x], { min, max })
    const graph = g.build([x])
    const [node, ...others] = deadCode(canonicalize(graph)).nodes
    expect(others).toEqual([])
    expect([node?.op, ...Object.values(node?.attrs ?? {})].join(' ')).toBe(expected)
    const input = [tensor([2, 3], [-3, -0.5, 0.5, 1.5, 4, 8])]
    expect(run(deadCode(canonicalize(graph)), input)).toEqual(run(graph, input))
  })
})

describe('gateBeforePool', () => {
  const attrs: PoolAttrs = { ...window, kernel: [3, 3], strides: [2, 2], ceilMode: false }
  /** x ↦ maxPool(relu(x)), whose windows overlap and tie at 0, and its gradient for a cotangent */
  const routed = (geometry: PoolAttrs, channels = 6): Graph => {
    const g = new GraphBuilder()
    const x = g.input('x', [N, channels, 7, 6])
    const pooled = g.emit('maxPool', [g.emit('relu', [x], {})], geometry)
    return differentiate(g.build([pooled]), { output: pooled, wrt: [x], rules: [], keep: [pooled] })
  }

  it('gates what the pool has, with the same gradient, and pools once', () => {
    const graph = routed(attrs, 2)
    const gated = verify(deadCode(commonSubexpressions(gateBeforePool(graph))))
    expect(gated.nodes.map(({ op }) => op)).toEqual(['relu', 'maxPool', 'gate', 'maxPoolGrad'])
    const inputs = [noise([2, 2, 7, 6], 1), noise([2, 2, 4, 3], 2)]
    const gradient = (of: Graph) => referenceBackend.compile(of, 2).run(inputs).at(-1)
    expect(gradient(gated)).toEqual(gradient(graph))
  })

  it.each<[string, Partial<PoolAttrs>]>([
    ['windows that overlap', {}],
    ['windows beyond the end', { kernel: [2, 3], pads: [0, 1, 0, 1], ceilMode: true }],
    ['windows with holes, some of padding alone', { dilations: [2, 2], pads: [2, 3, 2, 3] }],
  ])('keeps the bits of the kernels, NaN and ties included: %s', (_, geometry) => {
    const graph = routed({ ...attrs, ...geometry })
    const gated = gateBeforePool(graph)
    const x = noise([2, 6, 7, 6], 1)
    const rough = tensor(
      x.shape,
      x.data.map((value, i) => (i % 11 === 5 ? NaN : Math.round(4 * value))),
    )
    const [, ct] = graph.inputs
    const inputs = [rough, noise([2, ...(ct?.shape.slice(1) ?? [])] as Shape, 2)]
    const gradient = (of: Graph) => wasmBackend().compile(of, 2).run(inputs).at(-1)
    expect(gradient(gated)).toEqual(gradient(graph))
  })

  it('leaves a gate by another value where it is', () => {
    const g = new GraphBuilder()
    const [ct, x, other] = [
      g.input('ct', [N, 1, 2, 2]),
      g.input('x', [N, 1, 4, 4]),
      g.input('z', [N, 1, 4, 4]),
    ]
    const grad = g.emit('maxPoolGrad', [ct, x], { ...attrs, kernel: [2, 2], pads: [0, 0, 0, 0] })
    const graph = g.build([g.emit('gate', [grad, other], { lo: 0, hi: 1 })])
    expect(printGraph(gateBeforePool(graph))).toBe(printGraph(graph))
  })
})

describe('foldBatchNorm', () => {
  it('scales instead where another node reads the convolution too', () => {
    const g = new GraphBuilder()
    const x = g.input('x', [N, 2, 5, 5])
    const y = g.emit('conv', [x, g.constant(noise([2, 2, 3, 3], 1))], window)
    const c = () => g.constant(tensor([2], [0.5, 2]))
    const z = g.emit('batchNorm', [y, c(), c(), c(), c()], { epsilon: 0 })
    const graph = g.build([g.add(y, z)])
    const folded = foldBatchNorm(graph)
    const input = [noise([2, 2, 5, 5], 3)]
    expect(folded.nodes.map(({ op }) => op)).toEqual(['conv', 'mul', 'add', 'add'])
    expect(run(folded, input)).toBeClose(run(graph, input), { relative: 1e-6 })
  })
})

describe('commonSubexpressions', () => {
  it('computes equal expressions once and tells different attributes apart', () => {
    const g = new GraphBuilder()
    const x = g.input('x', [N, 4])
    const twice = g.add(g.emit('relu', [x], {}), g.emit('relu', [x], {}))
    const clips = g.add(
      g.emit('clip', [x], { min: 0, max: 6 }),
      g.emit('clip', [x], { min: 0, max: Number.POSITIVE_INFINITY }),
    )
    const graph = deadCode(commonSubexpressions(g.build([g.mul(twice, clips)])))
    expect(graph.nodes.map(({ op }) => op)).toEqual(['relu', 'add', 'clip', 'clip', 'add', 'mul'])
  })
})

describe('commonSubexpressions and names', () => {
  it('tells 0 from −0', () => {
    const g = new GraphBuilder()
    const x = g.input('x', [N, 4])
    const graph = g.build([g.add(g.div(x, g.scalar(0)), g.neg(g.div(x, g.scalar(-0))))])
    expect(commonSubexpressions(graph).nodes.filter(({ op }) => op === 'div')).toHaveLength(2)
  })

  it('keeps readers of an unnamed value valid when its named twin is found', () => {
    const g = new GraphBuilder()
    const x = g.input('x', [N, 4])
    const unnamed = g.emit('relu', [x], {})
    const named = g.emit('relu', [x], {}, 'layer')
    verify(commonSubexpressions(g.build([g.add(g.neg(unnamed), g.neg(named))])))
  })

  it('keeps two equal layers apart when both can be asked for by name', () => {
    const g = new GraphBuilder()
    const x = g.input('x', [N, 4])
    const graph = g.build([g.add(g.emit('relu', [x], {}, 'a'), g.emit('relu', [x], {}, 'b'))])
    expect(canonical(graph).nodes.map(({ output }) => output.name)).toEqual(['a', 'b', ''])
  })
})

describe('deadCode', () => {
  it('drops what no output needs but keeps the inputs', () => {
    const g = new GraphBuilder()
    const x = g.input('x', [N, 4])
    const unused = g.input('unused', [N, 4])
    g.add(unused, g.constant(noise([4], 1)))
    const graph = deadCode(g.build([g.neg(x)]))
    expect(graph.nodes).toHaveLength(1)
    expect(graph.constants.size).toBe(0)
    expect(graph.inputs).toEqual([x, unused])
  })
})
