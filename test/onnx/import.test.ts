import { describe, expect, it } from 'vitest'
import { printGraph } from '../../src/core/ir/print.ts'
import { N } from '../../src/core/ir/shape.ts'
import { importOnnx, inspectOnnx } from '../../src/onnx/index.ts'
import { floats, input, longs, type ModelSpec, onnxFile } from './build.ts'

const network: ModelSpec = {
  nodes: [
    {
      op: 'Conv',
      name: '/features/0',
      inputs: ['x', 'w', 'b'],
      outputs: ['features'],
      attributes: { pads: [1, 1, 1, 1] },
    },
    { op: 'Relu', name: '/features/1', inputs: ['features'], outputs: ['relu'] },
    { op: 'Dropout', name: '/drop', inputs: ['relu'], outputs: ['dropped'] },
    { op: 'Shape', inputs: ['dropped'], outputs: ['shape'] },
    { op: 'Slice', inputs: ['shape', 'zero', 'one'], outputs: ['n'] },
    { op: 'Concat', inputs: ['n', 'rest'], outputs: ['flat'], attributes: { axis: 0 } },
    { op: 'Reshape', name: '/flatten', inputs: ['dropped', 'flat'], outputs: ['vector'] },
    { op: 'Split', name: '/split', inputs: ['vector'], outputs: ['left', 'right'], attributes: { axis: 1 } },
    { op: 'Add', name: '/add', inputs: ['left', 'right'] },
  ],
  initializers: [
    floats('w', [2, 1, 3, 3], new Array<number>(18).fill(0.5)),
    floats('b', [2], [1, 2]),
    longs('zero', [0]),
    longs('one', [1]),
    longs('rest', [-1]),
  ],
}

describe('what becomes of a file', () => {
  const imported = importOnnx(onnxFile(network))

  it('has ONNX names on its values, and no shape op left', () => {
    const lines = printGraph(imported.graph).split('\n')
    expect(lines.filter((line) => !line.endsWith('= constant')).join('\n')).toMatchInlineSnapshot(`
      "%0 x: float[N,1,4,4] = input
      %9 features: float[N,2,4,4] = conv(%0, %1, %2) {strides=[1,1], dilations=[1,1], pads=[1,1,1,1], groups=1}
      %10 relu: float[N,2,4,4] = relu(%9)
      %11 vector: float[N,32] = reshape(%10) {shape=[N,32]}
      %12 left: float[N,16] = slice(%11) {starts=[0,0], steps=[1,1], lengths=[N,16]}
      %13 right: float[N,16] = slice(%11) {starts=[0,16], steps=[1,1], lengths=[N,16]}
      %14 y: float[N,16] = add(%12, %13)
      return %14"
    `)
  })

  it('answers layers by output name and by node name, also through a Dropout', () => {
    const { layers } = imported
    expect(layers.get('relu')?.name).toBe('relu')
    for (const name of ['/features/1', 'dropped', '/drop']) expect(layers.get(name)).toBe(layers.get('relu'))
    expect(layers.get('left')?.name).toBe('left')
    expect(layers.get('/split')).toBe(layers.get('left'))
  })

  it('takes neither weights nor shapes for layers', () => {
    for (const name of ['w', 'shape', 'n', 'constructor']) expect(imported.layers.has(name)).toBe(false)
  })

  it('frees a batch that the file fixes', () => {
    const { graph, warnings } = importOnnx(onnxFile({ ...network, inputs: [input('x', [1, 1, 4, 4])] }))
    expect(graph.inputs[0]?.shape).toEqual([N, 1, 4, 4])
    expect(graph.outputs[0]?.shape).toEqual([N, 16])
    expect(warnings).toEqual([])
  })

  it.each([
    ['a softmax over the batch', [{ op: 'Softmax', attributes: { axis: 0 } }]],
    [
      'a batch joined to itself',
      [
        { op: 'Concat', inputs: ['x', 'x'], outputs: ['twice'], attributes: { axis: 0 } },
        { op: 'Reshape', inputs: ['twice', 'six'] },
      ],
    ],
    [
      'a transposed batch',
      [
        { op: 'Transpose', outputs: ['turned'], attributes: { perm: [1, 0] } },
        { op: 'Reshape', inputs: ['turned', 'six'] },
      ],
    ],
  ])('keeps the batch that the file fixes for %s, and says so', (_, nodes) => {
    const initializers = [longs('six', [-1, 3])]
    const { graph, warnings } = importOnnx(onnxFile({ nodes, initializers, inputs: [input('x', [1, 3])] }))
    expect(graph.inputs[0]?.shape).toEqual([1, 3])
    expect(warnings).toEqual(['the model runs with a batch of 1 only: it mixes the samples of a batch'])
  })

  it.each([[['n', 1, 'h', 'w']], [['n', 1, -1, 0]], [[-1, 1, 'h', 4]]])(
    'puts the given size where the file leaves %j open',
    (dims) => {
      const file = onnxFile({ ...network, inputs: [input('x', dims)] })
      const { graph } = importOnnx(file, { inputSize: { height: 4, width: 4 } })
      expect(graph.inputs[0]?.shape).toEqual([N, 1, 4, 4])
    },
  )

  it('takes an input with an initialiser for a constant', () => {
    const inputs = [input('x', ['n', 1, 4, 4]), input('w', [2, 1, 3, 3])]
    expect(importOnnx(onnxFile({ ...network, inputs })).graph.inputs.map(({ name }) => name)).toEqual(['x'])
  })

  it('warns of an opset from the future', () => {
    const { warnings } = importOnnx(onnxFile({ nodes: [{ op: 'Relu' }], opset: 99 }))
    expect(warnings).toEqual([expect.stringContaining('opset 99')])
  })

  it('answers inputs and outputs without building a graph', () => {
    const nodes = [{ op: 'NoSuchOp' }]
    expect(inspectOnnx(onnxFile({ nodes, inputs: [input('x', ['n', 3, 224, 'w'])] }))).toEqual({
      inputs: [{ name: 'x', shape: [undefined, 3, 224, undefined] }],
      outputs: [{ name: 'y', shape: [], op: 'NoSuchOp' }],
    })
  })
})
