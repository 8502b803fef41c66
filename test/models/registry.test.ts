import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { CardError } from '../../src/models/card.ts'
import { readRegistry, unusable } from '../../src/models/registry.ts'
import { input, onnxFile } from '../onnx/build.ts'

const builtIn = 'models'
const card = {
  id: 'tiny',
  version: '2',
  title: 'Tiny',
  license: 'MIT',
  input: { width: 4, height: 4, color: 'gray', resize: 'bilinear', crop: 1, mean: [0], std: [255] },
  output: { scores: 'logits', labels: 'labels.txt' },
}
/** Logits of 16 pixels: as many classes as pixels. */
const model = onnxFile({ nodes: [{ op: 'Flatten' }] })

let root = ''
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'models-'))
})
afterEach(() => rmSync(root, { recursive: true }))

/** Writes a model folder; a text or bytes a file. */
function folder(name: string, files: Readonly<Record<string, string | Uint8Array>>): string {
  const path = join(root, name)
  mkdirSync(path)
  for (const [file, content] of Object.entries(files)) writeFileSync(join(path, file), content)
  return path
}
const whole = (change: object = {}) => ({
  'model.onnx': model,
  'model.json': JSON.stringify({ ...card, ...change }),
  'labels.txt': 'dog\ncat\n',
})
const reasonFor = async (id: string): Promise<string> => {
  const entry = (await readRegistry(builtIn, root)).get(id)
  return entry?.status === 'unusable' ? entry.reason : `${entry?.status}`
}

describe('readRegistry', () => {
  it('finds the built-in model by its name and by its name and version', async () => {
    const registry = await readRegistry(builtIn, undefined)
    expect(registry.get('efficientnet-lite0')).toMatchObject({ status: 'usable', id: 'efficientnet-lite0' })
    expect(registry.get('efficientnet-lite0@1')).toBe(registry.get('efficientnet-lite0'))
    for (const id of ['efficientnet-lite0@9', 'constructor', '__proto__', ''])
      expect(registry.get(id)).toBeUndefined()
  })

  it('lists a model of MODELS_DIR beside the built-in ones', async () => {
    folder('anything', whole())
    const registry = await readRegistry(builtIn, root)
    expect(registry.list().map(({ id }) => id)).toEqual(['efficientnet-lite0', 'mnist-cnn', 'tiny'])
    expect(registry.get('tiny@2')).toMatchObject({ status: 'usable', labels: ['dog', 'cat'] })
  })

  it('answers a name with its newest version', async () => {
    folder('a', whole({ version: '10' }))
    folder('b', whole({ version: '9' }))
    const entry = (await readRegistry(builtIn, root)).get('tiny')
    expect(entry).toMatchObject({ status: 'usable', card: { version: '10' } })
  })

  it('makes up a card for a bare model.onnx, and the card says so', async () => {
    folder('bare', {
      'model.onnx': onnxFile({ nodes: [{ op: 'Flatten' }], inputs: [input('x', ['n', 3, 6, 8])] }),
    })
    expect((await readRegistry(builtIn, root)).get('bare')).toMatchObject({
      status: 'usable',
      card: {
        description: expect.stringContaining('No card came with this model'),
        input: { width: 8, height: 6, color: 'rgb', mean: [0, 0, 0], std: [255, 255, 255] },
      },
    })
  })

  it('takes the scores before a final Softmax for the logits of a bare model, and the card says so', async () => {
    const nodes = [
      { op: 'Flatten', outputs: ['flat'] },
      { op: 'Softmax', inputs: ['flat'], outputs: ['p'] },
      { op: 'Identity', inputs: ['p'] },
    ]
    folder('bare', { 'model.onnx': onnxFile({ nodes }) })
    expect((await readRegistry(builtIn, root)).get('bare')).toMatchObject({
      card: {
        output: { scores: 'probabilities' },
        description: expect.stringContaining('before the final Softmax'),
      },
    })
  })

  it('lower-cases the name of a bare folder; one that then collides is unusable', async () => {
    folder('ResNet18', { 'model.onnx': model })
    folder('resnet18', { 'model.onnx': model })
    const registry = await readRegistry(builtIn, root)
    expect(registry.get('resnet18')).toMatchObject({ status: 'usable', card: { title: 'ResNet18' } })
    expect(registry.list().at(-1)).toMatchObject({
      status: 'unusable',
      reason: 'resnet18 holds resnet18@1, as ResNet18 does already',
    })
  })

  it.each([
    ['of one size', [input('y', ['n', 5])], {}, 5],
    ['with an extent of 1×1', [input('y', ['n', 1000, 1, 1])], {}, 1000],
    [
      'that the card names',
      [input('aux', ['n', 3]), input('y', ['n', 7])],
      { output: { name: 'y', scores: 'logits' } },
      7,
    ],
    ['of an open size: none until it is loaded', [input('y', ['n', 'k'])], {}, 0],
    ['without a shape: none until it is loaded', [{ name: 'y' }], {}, 0],
  ])('numbers the classes of an output %s', async (_, outputInfo, change, classes) => {
    const output = { scores: 'logits' }
    const files = {
      ...whole({ output, ...change }),
      'model.onnx': onnxFile({ nodes: [{ op: 'Flatten' }], outputInfo }),
    }
    folder('numbered', files)
    const entry = (await readRegistry(builtIn, root)).get('tiny')
    expect(entry).toMatchObject({
      status: 'usable',
      labels: Array.from({ length: classes }, (_, i) => `class ${i}`),
    })
  })

  it('lists a circle of links as unusable', async () => {
    symlinkSync(join(root, 'b'), join(root, 'a'))
    symlinkSync(join(root, 'a'), join(root, 'b'))
    expect(await reasonFor('a')).toBe('it cannot be read (ELOOP)')
  })

  it('answers a name with another version when the newest turned out to be unusable', async () => {
    folder('a', whole({ version: '10' }))
    folder('b', whole({ version: '9' }))
    const registry = await readRegistry(builtIn, root)
    const newest = registry.get('tiny')
    if (newest?.status === 'usable') registry.replace(newest, unusable(newest, 'no good'))
    expect(registry.get('tiny')).toMatchObject({ status: 'usable', card: { version: '9' } })
    expect(registry.get('tiny@10')).toMatchObject({ status: 'unusable', reason: 'no good' })
  })

  it('does not stop for what is no folder', async () => {
    writeFileSync(join(root, 'README.md'), 'hello')
    symlinkSync(join(root, 'gone'), join(root, 'dangling'))
    expect((await readRegistry(builtIn, root)).list()).toHaveLength(2)
  })

  it.each([
    ['without a model.onnx', { 'model.json': JSON.stringify(card) }, /no file model\.onnx/],
    ['with a card that is not JSON', { ...whole(), 'model.json': '{' }, /broken\/model\.json.*not JSON/],
    ['with labels and a file that is no model', { ...whole(), 'model.onnx': 'text' }, /not an ONNX model/],
    ['with a bad field', whole({ license: 7 }), /field "license"/],
    [
      'without its labels',
      whole({ output: { scores: 'logits', labels: 'names.txt' } }),
      /no file names\.txt/,
    ],
    ['with a bare file that is no model', { 'model.onnx': 'text' }, /not an ONNX model/],
    [
      'with a bare file that takes no picture',
      { 'model.onnx': onnxFile({ nodes: [{ op: 'Relu' }], inputs: [input('x', ['n', 3])] }) },
      /not a picture/,
    ],
  ])('lists a folder %s as unusable, with the reason', async (_, files, reason) => {
    folder('broken', files)
    expect(await reasonFor('broken')).toMatch(reason)
  })

  it('lists a second folder of the same id and version as unusable, and names both', async () => {
    folder('a', whole())
    folder('b', whole())
    folder('c', whole({ id: 'efficientnet-lite0', version: '1' }))
    const registry = await readRegistry(builtIn, root)
    expect(registry.get('tiny')).toMatchObject({ status: 'usable', folder: join(root, 'a') })
    expect(registry.list().slice(3)).toEqual([
      { status: 'unusable', id: 'b', reason: 'b holds tiny@2, as a does already' },
      {
        status: 'unusable',
        id: 'c',
        reason: 'c holds efficientnet-lite0@1, as the built-in efficientnet-lite0 does already',
      },
    ])
  })

  it('reads no labels through a link that leads out of the folder', async () => {
    const secret = join(root, 'secret.txt')
    writeFileSync(secret, 'secret')
    const { 'labels.txt': _, ...files } = whole()
    symlinkSync(secret, join(folder('linked', files), 'labels.txt'))
    expect(await reasonFor('linked')).toMatch(/"output\.labels": labels\.txt is a link that leads out/)
  })

  it('reads labels through a link inside the folder', async () => {
    const { 'labels.txt': labels, ...files } = whole()
    const path = folder('linked', { ...files, 'real.txt': labels })
    symlinkSync('real.txt', join(path, 'labels.txt'))
    expect((await readRegistry(builtIn, root)).get('tiny')).toMatchObject({ labels: ['dog', 'cat'] })
  })

  it('numbers no more classes than a file can mean', async () => {
    const file = onnxFile({ nodes: [{ op: 'Flatten' }], outputInfo: [input('y', ['n', 2 ** 40])] })
    folder('claims', { 'model.onnx': file })
    expect(await reasonFor('claims')).toMatch(/claims 1099511627776 classes/)
  })

  it('stops for a bad built-in card, naming the field', async () => {
    folder('bad', whole({ title: '' }))
    await expect(readRegistry(root, undefined)).rejects.toThrow(CardError)
    await expect(readRegistry(root, undefined)).rejects.toThrow(/bad\/model\.json: field "title"/)
  })

  it('stops for a built-in model without a card', async () => {
    const { 'model.json': _, ...files } = whole()
    folder('bare', files)
    await expect(readRegistry(root, undefined)).rejects.toThrow(
      new CardError('bare', ['there is no file model.json']),
    )
  })
})
