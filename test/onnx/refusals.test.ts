import { describe, expect, it } from 'vitest'
import { importOnnx, OnnxError } from '../../src/onnx/index.ts'
import { floats, input, longs, type ModelSpec, node, onnxFile } from './build.ts'

const relu = { op: 'Relu' }
const conv = (attributes: Record<string, number | string | readonly number[]> = {}) => ({
  op: 'Conv',
  name: 'c1',
  inputs: ['x', 'w'],
  attributes,
})
const weights = floats('w', [1, 1, 2, 2], [1, 2, 3, 4])

interface Refusal {
  readonly what: string
  readonly model: ModelSpec
  readonly kind: 'malformed' | 'unsupported'
  readonly message: RegExp
}

const refusals: readonly Refusal[] = [
  {
    what: 'a model without an operator set',
    model: { opsets: [], nodes: [relu] },
    kind: 'malformed',
    message: /operator set/,
  },
  {
    what: 'opset 6',
    model: { opset: 6, nodes: [relu] },
    kind: 'unsupported',
    message: /opset 6; 7 and later/,
  },
  { what: 'no input', model: { inputs: [], nodes: [relu] }, kind: 'malformed', message: /no input/ },
  {
    what: 'two inputs, naming them',
    model: { inputs: [input('a', ['n', 3]), input('b', ['n', 3])], nodes: [relu] },
    kind: 'unsupported',
    message: /2 inputs \(a, b\)/,
  },
  {
    what: 'an input of ints',
    model: { inputs: [input('x', ['n', 3], 7)], nodes: [relu] },
    kind: 'unsupported',
    message: /"x" is of data type 7/,
  },
  {
    what: 'an open width without a size to put there',
    model: { inputs: [input('x', ['n', 3, 4, 'width'])], nodes: [relu] },
    kind: 'unsupported',
    message: /dimension 3 \(width\) of its input "x"/,
  },
  {
    what: 'an input of astronomical size',
    model: { inputs: [input('x', ['n', 3, 2 ** 30, 2 ** 30])], nodes: [relu] },
    kind: 'unsupported',
    message: /3×1073741824×1073741824/,
  },
  { what: 'no output', model: { outputs: [], nodes: [relu] }, kind: 'malformed', message: /no output/ },
  {
    what: 'an output that nothing defines',
    model: { outputs: ['z'], nodes: [relu] },
    kind: 'malformed',
    message: /nothing defines the output "z"/,
  },
  {
    what: 'a node that reads what nothing defines',
    model: { nodes: [{ op: 'Add', name: 'a1', inputs: ['x', 'gone'] }] },
    kind: 'malformed',
    message: /Add "a1" reads "gone"/,
  },
  {
    what: 'a cycle',
    model: {
      nodes: [
        { op: 'Add', inputs: ['x', 'b'], outputs: ['a'] },
        { op: 'Relu', inputs: ['a'], outputs: ['b'] },
        { op: 'Relu', inputs: ['b'] },
      ],
    },
    kind: 'malformed',
    message: /Add "a" reads "b", which nothing defines before it \(or in a cycle\)/,
  },
  {
    what: 'a value that two nodes define',
    model: { nodes: [relu, { op: 'Tanh' }] },
    kind: 'malformed',
    message: /two nodes define "y"/,
  },
  {
    what: 'a node that defines the input',
    model: { nodes: [{ op: 'Relu', outputs: ['x'] }, relu] },
    kind: 'malformed',
    message: /define "x"/,
  },
  {
    what: 'two initialisers of the same name',
    model: { nodes: [conv()], initializers: [weights, weights] },
    kind: 'malformed',
    message: /two initialisers/,
  },
  {
    what: 'a shape that claims more numbers than there are, before allocating any',
    model: { nodes: [conv()], initializers: [floats('w', [2 ** 20, 2 ** 20, 3, 3], [1])] },
    kind: 'malformed',
    message: /initialiser "w" of shape \[1048576,1048576,3,3\] needs 9895604649984 numbers, the file has 1/,
  },
  {
    what: 'a shape that claims more bytes than there are',
    model: {
      nodes: [conv()],
      initializers: [{ name: 'w', dims: [1, 1, 2, 2], dataType: 1, rawData: Buffer.alloc(15) }],
    },
    kind: 'malformed',
    message: /needs 16 bytes, the file has 15/,
  },
  {
    what: 'a negative dimension',
    model: { nodes: [conv()], initializers: [floats('w', [-1, 1, 2, 2], [])] },
    kind: 'malformed',
    message: /impossible shape \[-1,1,2,2\]/,
  },
  {
    what: 'weights in another file',
    model: {
      nodes: [conv()],
      initializers: [
        {
          name: 'w',
          dims: [1],
          dataType: 1,
          dataLocation: 'EXTERNAL',
          externalData: [{ key: 'location', value: '/etc/passwd' }],
        },
      ],
    },
    kind: 'unsupported',
    message: /kept in another file/,
  },
  {
    what: 'weights of texts',
    model: { nodes: [conv()], initializers: [{ name: 'w', dims: [1], dataType: 8 }] },
    kind: 'unsupported',
    message: /data type 8/,
  },
  {
    what: 'a left-out input that must be there',
    model: { nodes: [{ op: 'Conv', name: 'c1', inputs: ['x'] }] },
    kind: 'malformed',
    message: /Conv "c1": it lacks its input 2/,
  },
  {
    what: 'an attribute of the wrong type',
    model: { nodes: [conv({ strides: 'two' })], initializers: [weights] },
    kind: 'malformed',
    message: /Conv "c1": its attribute strides is of type string, not ints/,
  },
  {
    what: 'a missing attribute',
    model: { nodes: [{ op: 'MaxPool', name: 'p' }] },
    kind: 'malformed',
    message: /MaxPool "p": it lacks the attribute kernel_shape/,
  },
  {
    what: 'a kernel_shape that contradicts the weights',
    model: { nodes: [conv({ kernel_shape: [3, 3] })], initializers: [weights] },
    kind: 'malformed',
    message: /kernel_shape is 3×3, the weights are \[1,1,2,2\]/,
  },
  {
    what: 'strides of zero',
    model: { nodes: [conv({ strides: [0, 1] })], initializers: [weights] },
    kind: 'malformed',
    message: /must be positive/,
  },
  {
    what: 'weights that do not fit the input',
    model: { nodes: [conv({ group: 3 })], initializers: [weights] },
    kind: 'malformed',
    message: /Conv "c1": weights \[1,1,2,2\] in 3 groups do not fit 1 channels/,
  },
  {
    what: 'a convolution over one axis',
    model: { nodes: [conv()], initializers: [weights], inputs: [input('x', ['n', 1, 4])] },
    kind: 'unsupported',
    message: /Conv "c1" \(its input is \[.*\]; only windows over \(N,C,H,W\)/,
  },
  {
    what: 'a pool with an astronomical window',
    model: {
      nodes: [
        { op: 'MaxPool', attributes: { kernel_shape: [2 ** 30, 2 ** 30], pads: [1, 1, 2 ** 30, 2 ** 30] } },
      ],
    },
    kind: 'unsupported',
    message: /its window of/,
  },
  {
    what: 'a reshape that does not fit',
    model: { nodes: [{ op: 'Reshape', inputs: ['x', 's'] }], initializers: [longs('s', [3, -1])] },
    kind: 'malformed',
    message: /does not reshape to \[3,-1\]/,
  },
  {
    what: 'an expansion to an astronomical size',
    model: {
      nodes: [{ op: 'Expand', inputs: ['x', 's'] }],
      initializers: [longs('s', [2 ** 20, 2 ** 20, 1, 1, 1, 4, 4])],
    },
    kind: 'unsupported',
    message: /has more than 268435456 numbers/,
  },
  {
    what: 'a constant of an astronomical size',
    model: {
      nodes: [
        { op: 'ConstantOfShape', inputs: ['s'], outputs: ['c'] },
        { op: 'Add', inputs: ['x', 'c'] },
      ],
      initializers: [longs('s', [2 ** 40])],
    },
    kind: 'unsupported',
    message: /has more than 268435456 numbers/,
  },
  {
    what: 'a range of an astronomical length',
    model: {
      nodes: [
        { op: 'Range', inputs: ['a', 'b', 'c'], outputs: ['r'] },
        { op: 'Gather', inputs: ['x', 'r'] },
      ],
      initializers: [longs('a', [0]), longs('b', [2 ** 50]), longs('c', [1])],
    },
    kind: 'unsupported',
    message: /would count/,
  },
  {
    what: 'an unsqueeze to very many axes',
    model: {
      nodes: [{ op: 'Unsqueeze', inputs: ['x', 'a'] }],
      initializers: [
        longs(
          'a',
          Array.from({ length: 5000 }, (_, i) => i),
        ),
      ],
    },
    kind: 'unsupported',
    message: /5004 axes/,
  },
  {
    what: 'a shape that depends on the pixels',
    model: {
      nodes: [
        { op: 'Cast', outputs: ['i'], attributes: { to: 7 } },
        { op: 'Reshape', name: 'r', inputs: ['x', 'i'] },
      ],
    },
    kind: 'unsupported',
    message: /Reshape "r" \(its input 2 must be a constant, but it depends on the image\)/,
  },
  {
    what: 'an index outside',
    model: {
      nodes: [{ op: 'Gather', inputs: ['x', 'i'], attributes: { axis: 2 } }],
      initializers: [longs('i', [4])],
    },
    kind: 'malformed',
    message: /an index lies outside axis 2/,
  },
  {
    what: 'indices that a max pool is asked for',
    model: {
      nodes: [{ op: 'MaxPool', outputs: ['y', 'i'], attributes: { kernel_shape: [2, 2] } }],
      outputs: ['y', 'i'],
    },
    kind: 'unsupported',
    message: /output of indices/,
  },
  {
    what: 'batch norm in training mode',
    model: {
      nodes: [
        {
          op: 'BatchNormalization',
          inputs: ['x', 'c', 'c', 'c', 'c'],
          attributes: { training_mode: 1 },
        },
      ],
      initializers: [floats('c', [1], [1])],
    },
    kind: 'unsupported',
    message: /evaluation mode/,
  },
]

/** The error that the file is refused with. */
function refusalOf(bytes: Uint8Array): OnnxError {
  try {
    importOnnx(bytes)
  } catch (error) {
    if (error instanceof OnnxError) return error
    throw error
  }
  throw new Error('the file was read')
}

describe('files that are refused', () => {
  it.each(refusals)('refuses $what', ({ model, kind, message }) => {
    const error = refusalOf(onnxFile(model))
    expect(error.message).toMatch(message)
    expect(error.kind).toBe(kind)
  })

  it.each([
    ['nothing', new Uint8Array()],
    ['text', Buffer.from('This is not a model.')],
    ['a picture', Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex')],
    ['zeros', new Uint8Array(64)],
  ])('refuses %s as no ONNX model', (_, bytes) => {
    expect(refusalOf(bytes)).toMatchObject({
      kind: 'malformed',
      message: expect.stringContaining('not an ONNX model'),
    })
  })

  it('names everything that is not supported at once, with op, domain and node', () => {
    const nodes = [
      { op: 'NonMaxSuppression', name: 'nms', outputs: ['a'] },
      { op: 'FusedConv', name: 'fused', domain: 'com.microsoft', outputs: ['b'] },
      {
        op: 'BatchNormalization',
        inputs: ['x', 'c', 'c', 'c', 'c'],
        outputs: ['d'],
        attributes: { training_mode: 1 },
      },
      { op: 'Sum', inputs: ['a', 'b', 'd'] },
    ]
    const { kind, message } = refusalOf(onnxFile({ nodes, initializers: [floats('c', [1], [1])] }))
    expect(kind).toBe('unsupported')
    expect(message).toBe(
      'the model needs what is not supported: NonMaxSuppression "nms" (no such op here); ' +
        'com.microsoft.FusedConv "fused" (no such op here); ' +
        'BatchNormalization "d" (it is in training mode; export the model in evaluation mode)',
    )
  })

  it('takes ops named like members of Object for unknown ones', () => {
    expect(refusalOf(onnxFile({ nodes: [{ op: 'constructor' }] })).message).toMatch(/no such op/)
  })

  it('does not mind unsupported nodes that no output needs', () => {
    const nodes = [{ op: 'NonMaxSuppression', outputs: ['unused'] }, relu]
    expect(importOnnx(onnxFile({ nodes })).graph.nodes).toHaveLength(1)
  })

  it.each([
    ['calls itself', ['Loop']],
    ['calls itself twice', ['Loop', 'Loop']],
  ])('refuses a function that %s', (_, calls) => {
    const body = calls.map((op, i) =>
      node({ op, domain: 'pkg', inputs: ['a'], outputs: [i === 0 ? 'b' : `c${i}`] }),
    )
    const functions = [
      {
        name: 'Loop',
        domain: 'pkg',
        input: ['a'],
        output: ['b'],
        opsetImport: [{ version: 17 }],
        node: body,
      },
    ]
    const bytes = onnxFile({ nodes: [{ op: 'Loop', domain: 'pkg' }], functions })
    expect(refusalOf(bytes).message).toMatch(/calls itself/)
  })

  it('refuses functions that unfold without end', () => {
    const functions = Array.from({ length: 30 }, (_, i) => ({
      name: `F${i}`,
      domain: 'pkg',
      input: ['a'],
      output: ['b'],
      opsetImport: [{ version: 17 }],
      node: [
        node({ op: `F${i + 1}`, domain: 'pkg', inputs: ['a'], outputs: ['t'] }),
        node({ op: `F${i + 1}`, domain: 'pkg', inputs: ['t'], outputs: ['b'] }),
      ],
    }))
    const bytes = onnxFile({ nodes: [{ op: 'F0', domain: 'pkg' }], functions })
    expect(refusalOf(bytes)).toMatchObject({
      kind: 'unsupported',
      message: expect.stringContaining('unfold'),
    })
  })
})
