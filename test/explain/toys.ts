import { GraphBuilder } from '../../src/core/ir/builder.ts'
import type { Value } from '../../src/core/ir/graph.ts'
import { N, type Shape, sizeOf } from '../../src/core/ir/shape.ts'
import { type Tensor, tensor } from '../../src/core/ir/tensor.ts'
import type { LoadedModel } from '../../src/explain/loaded.ts'

/** Small networks whose explanations are known, as loaded models. Weights are given as functions of the flat index. */
export const fill = (shape: Shape, f: (i: number) => number): Tensor =>
  tensor(
    shape,
    Array.from({ length: sizeOf(shape) }, (_, i) => f(i)),
  )

function model(sample: Shape, body: (g: GraphBuilder, x: Value) => Value, camLayer?: string): LoadedModel {
  const g = new GraphBuilder()
  const input = g.input('image', [N, ...sample])
  const logits = body(g, input)
  const graph = g.build([logits])
  const channels = sample[0] ?? 0
  return {
    graph,
    input,
    logits,
    layers: new Map(graph.nodes.map(({ output }) => [output.name, output])),
    camLayer,
    mean: new Array<number>(channels).fill(127),
    std: new Array<number>(channels).fill(128),
  }
}

const conv3x3 = (
  g: GraphBuilder,
  x: Value,
  weights: Tensor,
  bias: readonly number[],
  pad: number,
  name: string,
): Value =>
  g.emit(
    'conv',
    [x, g.constant(weights), g.constant(tensor([bias.length], bias))],
    { strides: [1, 1], dilations: [1, 1], pads: [pad, pad, pad, pad], groups: 1 },
    name,
  )

/** x·Wᵀ + b after flattening, W (out,in) as PyTorch's Linear. */
function linear(g: GraphBuilder, x: Value, weights: Tensor, name = ''): Value {
  const flat = g.reshape(x, [N, sizeOf(x.shape.slice(1))])
  return g.emit('gemm', [flat, g.constant(weights)], { alpha: 1, beta: 1, transA: false, transB: true }, name)
}

/** Captum's BasicModel_ConvNet_One_Conv (captum.testing.helpers.basic_models). */
export const oneConv = (): LoadedModel =>
  model([1, 4, 4], (g, x) => {
    const conv = conv3x3(
      g,
      x,
      fill([2, 1, 3, 3], () => 1),
      [-50, -75],
      0,
      'conv1',
    )
    const relu = g.emit('relu', [conv], {}, 'relu1')
    return g.emit(
      'relu',
      [
        linear(
          g,
          relu,
          fill([4, 8], (i) => (i % 8 < 5 ? 1 : -1)),
        ),
      ],
      {},
      'relu2',
    )
  })
/** A convolution of many weights for each number, a ReLU and a linear layer. */
export const dearStemNet = (): LoadedModel =>
  model([2, 8, 8], (g, x) => {
    const weights = fill([3, 2, 6, 6], (i) => (((11 * i) % 17) - 8) / 16)
    const window = { groups: 1, strides: [2, 2], dilations: [1, 1], pads: [2, 2, 2, 2] } as const
    const conv = g.emit('conv', [x, g.constant(weights), g.constant(fill([3], (i) => i - 1))], window, 'conv')
    return linear(
      g,
      g.emit('relu', [conv], {}, 'relu'),
      fill([2, 48], (i) => (((7 * i) % 11) - 5) / 8),
    )
  })

export const oneConvInput = fill([1, 1, 4, 4], (i) => i)

/** CamNet of the fixtures: Conv2d(1,3,3,pad=1), ReLU, Linear(48,2). */
export const camNet = (): LoadedModel =>
  model(
    [1, 4, 4],
    (g, x) => {
      const conv = conv3x3(
        g,
        x,
        fill([3, 1, 3, 3], (i) => ((i % 5) - 2) / 4),
        [0.5, -0.25, 0.125],
        1,
        'conv',
      )
      const relu = g.emit('relu', [conv], {}, 'relu')
      return linear(
        g,
        relu,
        fill([2, 48], (i) => (((7 * i) % 11) - 5) / 8),
        'fc',
      )
    },
    'relu',
  )
export const camNetInput = fill([1, 1, 4, 4], (i) => ((5 * i) % 7) / 2 - 1)

/** logits = W·x: the gradient is a row of W everywhere. */
export const linearNet = (): LoadedModel => model([2, 3, 3], (g, x) => linear(g, x, linearWeights))
export const linearWeights = fill([2, 18], (i) => ((i * 5) % 13) - 6)

/** logits = (Σx², −Σx²): the gradient is ±2x. */
export const quadraticNet = (): LoadedModel =>
  model([1, 8, 8], (g, x) =>
    linear(
      g,
      g.mul(x, x),
      fill([2, 64], (i) => (i < 64 ? 1 : -1)),
    ),
  )

/** ReLU written twice over the same node and once as ReLU6: x → r = relu(conv x); logits from r + relu(r) + clip(r,0,6). */
export const reusedReluNet = (): LoadedModel =>
  model([1, 4, 4], (g, x) => {
    const r = g.emit(
      'relu',
      [
        conv3x3(
          g,
          x,
          fill([3, 1, 3, 3], (i) => ((i % 5) - 2) / 4),
          [0.5, -0.25, 0.125],
          1,
          'conv',
        ),
      ],
      {},
      'relu',
    )
    const both = g.add(r, g.emit('relu', [r], {}, 'again'))
    const six = g.emit('clip', [r], { min: 0, max: 6 }, 'six')
    return linear(
      g,
      g.add(both, six),
      fill([2, 48], (i) => (((7 * i) % 11) - 5) / 8),
      'fc',
    )
  })

/** No ReLU at all: logits = W·sigmoid(x). */
export const smoothNet = (): LoadedModel =>
  model([2, 3, 3], (g, x) => linear(g, g.emit('sigmoid', [x], {}), linearWeights))
