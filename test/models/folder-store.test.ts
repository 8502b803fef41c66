import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readNpy, writeNpy } from '../../src/imaging/npy.ts'
import { FolderStore } from '../../src/models/folder-store.ts'
import { newNetwork } from '../../src/networks/new-network.ts'
import { readSpec } from '../../src/networks/spec.ts'
import type { StoredNetwork } from '../../src/networks/store.ts'
import { trainingSchema } from '../../src/networks/training.ts'

const network: StoredNetwork = {
  id: 'tiny',
  ...newNetwork(
    readSpec({
      input: [1, 4, 4],
      layers: [
        { type: 'conv2d', filters: 2, padding: 'same' },
        { type: 'batchNorm' },
        { type: 'fullyConnected', units: 2, weights: new Array(64).fill(1 / 3) },
      ],
    }),
  ),
  labels: ['chat', '猫'],
  history: [
    {
      epoch: 1,
      loss: 0.1,
      learningRate: 0.01,
      samplesPerSecond: 100,
      gradientNorm: null,
      updateRatio: 1e-3,
    },
  ],
  diagnostics: [
    {
      epoch: 1,
      layers: [
        {
          ...{ name: 'relu_1', units: 2, mean: 0.1, std: null, zeros: 50, saturated: 50 },
          ...{ dead: 1, died: [0], revived: [], gradientNorm: 0.3 },
        },
      ],
    },
  ],
  training: trainingSchema.parse({ precision: 'float64' }),
}

let root = ''
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'networks-'))
})
afterEach(() => rmSync(root, { recursive: true }))

const save = async (saved = network): Promise<void> => {
  const { store } = await FolderStore.open(root)
  await store.save(saved)
}
const reopened = async (id = 'tiny') => (await FolderStore.open(root)).store.get(id)
const reason = async (): Promise<string | undefined> => (await FolderStore.open(root)).broken[0]?.reason
const file = (name: string): string => join(root, 'tiny', name)

describe('a network in a folder', () => {
  it('comes back as it was, doubles to the last bit', async () => {
    await save()
    expect(await reopened()).toEqual(network)
  })

  it('keeps float32 as float32', async () => {
    const parameters = network.parameters.map((values) => Float32Array.from(values))
    await save({ ...network, parameters })
    expect((await reopened())?.parameters).toEqual(parameters)
  })

  it('stands there for others too: ONNX, card, labels, and weights for NumPy', async () => {
    await save()
    expect(readdirSync(join(root, 'tiny'), { recursive: true }).sort()).toEqual([
      'history.json',
      'labels.txt',
      'model.json',
      'model.onnx',
      'network.json',
      'weights',
      'weights/batchNorm_1.beta.npy',
      'weights/batchNorm_1.gamma.npy',
      'weights/batchNorm_1.mean.npy',
      'weights/batchNorm_1.variance.npy',
      'weights/conv2d_1.bias.npy',
      'weights/conv2d_1.weight.npy',
      'weights/fullyConnected_1.bias.npy',
      'weights/fullyConnected_1.weight.npy',
    ])
    expect(readNpy(readFileSync(file('weights/conv2d_1.weight.npy')))).toMatchObject({
      dtype: '<f8',
      shape: [2, 1, 3, 3],
    })
    expect(JSON.parse(readFileSync(file('model.json'), 'utf8'))).toMatchObject({
      id: 'tiny',
      description: 'A network that was made here, of 3 layers, trained for 1 epoch.',
      output: { scores: 'logits', labels: 'labels.txt' },
    })
  })

  it('is replaced as a whole', async () => {
    await save()
    await save({ ...network, labels: undefined, history: [], diagnostics: [] })
    expect(existsSync(file('labels.txt'))).toBe(false)
    expect(await reopened()).toEqual({ ...network, labels: undefined, history: [], diagnostics: [] })
    expect(readdirSync(root)).toEqual(['tiny'])
  })

  it('is removed once', async () => {
    await save()
    const { store } = await FolderStore.open(root)
    expect(await store.remove('tiny')).toBe(true)
    expect(await store.remove('tiny')).toBe(false)
    expect(readdirSync(root)).toEqual([])
  })

  it('is saved in order, whoever is faster', async () => {
    const { store } = await FolderStore.open(root)
    const lengths = [3, 2, 1]
    await Promise.all(
      lengths.map((n) => store.save({ ...network, history: new Array(n).fill(network.history[0]) })),
    )
    expect((await reopened())?.history.length).toBe(1)
  })

  it.each(['..', '../elsewhere', 'a/b', '.hidden', ''])(
    'takes no id that leads elsewhere: %j',
    async (id) => {
      const { store } = await FolderStore.open(root)
      await expect(store.save({ ...network, id })).rejects.toThrow('no id of a network')
      await expect(store.remove(id)).rejects.toThrow('no id of a network')
    },
  )
})

describe('what the end of a process leaves', () => {
  it('half-written: the network before it stays', async () => {
    await save()
    mkdirSync(join(root, '.new.tiny'))
    writeFileSync(join(root, '.new.tiny', 'network.json'), '{')
    expect(await reopened()).toEqual(network)
    expect(readdirSync(root)).toEqual(['tiny'])
  })

  it('between two renames: the network before it comes back', async () => {
    await save()
    renameSync(join(root, 'tiny'), join(root, '.old.tiny'))
    expect(await reopened()).toEqual(network)
  })

  it('after both renames: the new one stays', async () => {
    await save()
    mkdirSync(join(root, '.old.tiny'))
    expect(await reopened()).toEqual(network)
    expect(readdirSync(root)).toEqual(['tiny'])
  })

  it.each([1, 7, 20])(
    'killed in the middle, after %i ms: a whole network is there',
    { timeout: 20_000 },
    async (ms) => {
      const child = spawn(process.execPath, ['test/models/saving.ts', root], {
        stdio: ['ignore', 'pipe', 'inherit'],
      })
      await once(child.stdout, 'data')
      await setTimeout(ms)
      child.kill('SIGKILL')
      await once(child, 'exit')
      const { store, broken } = await FolderStore.open(root)
      expect(broken).toEqual([])
      const numbers = new Set(store.get('saved')?.parameters.flatMap((values) => [...values]))
      expect(numbers.size).toBe(1)
    },
  )

  it('half-removed: nothing comes back', async () => {
    await save()
    renameSync(join(root, 'tiny'), join(root, '.gone.tiny'))
    expect(await reopened()).toBeUndefined()
    expect(readdirSync(root)).toEqual([])
  })
})

describe('a broken folder has its reason', () => {
  it.each<[string, () => void, string]>([
    ['an empty one', () => rmSync(file('network.json')), 'network.json: the file is missing'],
    [
      'a cut off spec',
      () => writeFileSync(file('network.json'), '{"spec": {'),
      'network.json: is not JSON: it is cut off or damaged',
    ],
    ['a spec of nothing', () => writeFileSync(file('network.json'), '{"spec": {}}'), 'network.json: input: '],
    ['no history', () => rmSync(file('history.json')), 'history.json: the file is missing'],
    ['a bad history', () => writeFileSync(file('history.json'), '{}'), 'history.json: field "epochs": '],
    [
      'missing weights',
      () => rmSync(file('weights/conv2d_1.weight.npy')),
      'weights/conv2d_1.weight.npy: the file is missing',
    ],
    [
      'weights of another shape',
      () =>
        writeFileSync(file('weights/conv2d_1.bias.npy'), writeNpy({ shape: [3], data: new Float64Array(3) })),
      'weights/conv2d_1.bias.npy: expected floats of shape (2), got <f8 of shape (3)',
    ],
    [
      'cut off weights',
      () =>
        writeFileSync(
          file('weights/conv2d_1.weight.npy'),
          readFileSync(file('weights/conv2d_1.weight.npy')).subarray(0, 150),
        ),
      'weights/conv2d_1.weight.npy: ',
    ],
    [
      'a name that is no id',
      () => renameSync(join(root, 'tiny'), join(root, 'Tiny net')),
      'Tiny net: expected a name',
    ],
    [
      'a circle of links',
      () => {
        rmSync(join(root, 'tiny'), { recursive: true })
        symlinkSync('tiny', join(root, 'tiny'))
      },
      'it cannot be read (ELOOP)',
    ],
  ])('%s', async (_what, damage, expected) => {
    await save()
    await save({ ...network, id: 'whole' })
    damage()
    expect(await reason()).toContain(expected)
    expect(await reopened('whole')).toEqual({ ...network, id: 'whole' })
  })
})
