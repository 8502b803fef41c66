import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { N } from '../../src/core/ir/shape.ts'
import { verify } from '../../src/core/ir/verify.ts'
import { type Card, CardError, parseCard } from '../../src/models/card.ts'
import { loadGraph } from '../../src/models/load.ts'
import { floats, input, type NodeSpec, onnxFile } from '../onnx/build.ts'

const cardFor = (change: object = {}): Card =>
  parseCard(
    JSON.stringify({
      id: 'tiny',
      version: '1',
      title: 'Tiny',
      license: 'MIT',
      input: { width: 4, height: 4, color: 'gray', resize: 'bilinear', crop: 1, mean: [0], std: [255] },
      output: { scores: 'logits' },
      ...change,
    }),
    'model.json',
  )

/** Convolution, dropout, scores; 32 classes. */
const network = (...last: NodeSpec[]): Uint8Array =>
  onnxFile({
    nodes: [
      { op: 'Conv', name: '/conv', inputs: ['x', 'w'], outputs: ['c'], attributes: { pads: [1, 1, 1, 1] } },
      { op: 'Dropout', name: '/drop', inputs: ['c'], outputs: ['d'] },
      { op: 'Flatten', inputs: ['d'], outputs: [last.length > 0 ? 'scores' : 'y'] },
      ...last,
    ],
    initializers: [floats('w', [2, 1, 3, 3], new Array<number>(18).fill(0.5))],
  })
const softmax = { op: 'Softmax', inputs: ['scores'] }

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'model-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

function load(file: Uint8Array, card = cardFor(), labels?: number) {
  writeFileSync(join(folder, 'model.onnx'), file)
  return loadGraph(folder, card, labels)
}

describe('loadGraph', () => {
  it('keeps layers by output name and by node name, also of nodes that compute nothing', async () => {
    const { layers } = await load(network())
    expect(layers.get('c')?.name).toBe('c')
    for (const name of ['/conv', 'd', '/drop']) expect(layers.get(name)).toBe(layers.get('c'))
  })

  it('takes the scores before a final softmax for the logits of a model of probabilities', async () => {
    const card = cardFor({ output: { scores: 'probabilities' } })
    const { logits, classes } = await load(network(softmax), card)
    expect(logits).toMatchObject({ name: 'scores', shape: [N, 32] })
    expect(classes).toBe(32)
  })

  it('answers logits (N,K), whatever the rank of the scores', async () => {
    const { graph, logits, classes, layers } = await load(
      onnxFile({
        nodes: [
          { op: 'Conv', inputs: ['x', 'w'], outputs: ['c'] },
          { op: 'GlobalAveragePool', inputs: ['c'] },
        ],
        initializers: [floats('w', [5, 1, 3, 3], new Array<number>(45).fill(0.5))],
      }),
    )
    expect([logits.shape, classes]).toEqual([[N, 5], 5])
    expect(layers.get('y')?.shape).toEqual([N, 5, 1, 1])
    expect(graph.outputs).toEqual([logits])
    expect(() => verify(graph)).not.toThrow()
  })

  it('sees a final softmax through what only arranges its numbers', async () => {
    const nodes = [
      { op: 'Conv', inputs: ['x', 'w'], outputs: ['c'] },
      { op: 'GlobalAveragePool', inputs: ['c'], outputs: ['g'] },
      { op: 'Softmax', inputs: ['g'], outputs: ['p'], attributes: { axis: 1 } },
      { op: 'Flatten', inputs: ['p'] },
    ]
    const initializers = [floats('w', [5, 1, 3, 3], new Array<number>(45).fill(0.5))]
    const card = cardFor({ output: { scores: 'probabilities' } })
    const { graph, logits } = await load(onnxFile({ nodes, initializers }), card)
    expect(logits.shape).toEqual([N, 5])
    expect(graph.nodes.at(-1)).toMatchObject({ op: 'reshape', inputs: [{ name: 'g' }], output: logits })
  })

  it('gives an input of open channels those of the colour that the card says', async () => {
    const file = onnxFile({ nodes: [{ op: 'Flatten' }], inputs: [input('x', ['n', 'c', 'h', 'w'])] })
    expect((await load(file)).input.shape).toEqual([N, 1, 4, 4])
  })

  it.each([
    [
      'probabilities without a softmax',
      cardFor({ output: { scores: 'probabilities' } }),
      undefined,
      /output\.scores/,
    ],
    ['another number of labels', cardFor(), 31, /31 labels for 32 classes/],
    [
      'another size',
      cardFor({ input: { ...cardFor().input, width: 5 } }),
      undefined,
      /the card says \[1,4,5\], model\.onnx takes \[1,4,4\]/,
    ],
  ])('refuses a card with %s', async (_, card, labels, message) => {
    await expect(load(network(), card, labels)).rejects.toThrow(CardError)
    await expect(load(network(), card, labels)).rejects.toThrow(message)
  })
})
