import { cp, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { folderCheckpoints } from '../../src/networks/checkpoints.ts'
import type { DataSet } from '../../src/networks/data.ts'
import { epochOf } from '../../src/networks/epoch.ts'
import type { JobFacts } from '../../src/networks/job.ts'
import { networkOf } from '../../src/networks/network.ts'
import { readSpec } from '../../src/networks/spec.ts'
import { freshState, type TrainingState } from '../../src/networks/state.ts'
import { trainingSchema } from '../../src/networks/training.ts'
import { temporaryFolder } from '../helpers/folder.ts'

const network = networkOf(readSpec({ input: [2], layers: [{ type: 'fullyConnected', units: 3 }] }))
const spec = trainingSchema.parse({ optimizer: { type: 'adam' }, precision: 'float64' })
const facts: JobFacts = {
  id: 'job',
  model: 'dots',
  network: network.spec,
  spec,
  warnings: ['it cannot learn'],
  createdAt: 7,
  ...epochOf(2, spec),
}
const data: DataSet = {
  count: 2,
  inputShape: [2],
  targetShape: [1],
  // a part of memory that threads share
  inputs: new Float32Array(new SharedArrayBuffer(32), 8, 4).map((_, i) => i / 3),
  targets: Float64Array.of(0, 1 / 3),
}
const fresh = freshState(network, spec)
const state: TrainingState = {
  ...fresh,
  step: 3,
  best: {
    epoch: 1,
    loss: 0.25,
    parameters: fresh.parameters.map((values) => values.map(Math.sqrt)),
  },
}

/** A folder with one job in it. */
async function kept() {
  const folder = await temporaryFolder()
  const checkpoints = folderCheckpoints(folder)
  await checkpoints.create(facts, data, fresh)
  return { folder, checkpoints }
}

it('gives back data and state bit for bit, numbers that are none too', async () => {
  const { checkpoints } = await kept()
  expect(await checkpoints.state('job')).toEqual(fresh)
  await checkpoints.save('job', state)
  expect(await checkpoints.state('job')).toEqual(state)
  expect(await checkpoints.data('job')).toEqual(data)
})

it('tells of a job without reading its numbers', async () => {
  const { folder, checkpoints } = await kept()
  await checkpoints.save('job', state)
  const path = join(folder, 'job', 'state.bin')
  const bytes = await readFile(path)
  await writeFile(path, bytes.fill(0, bytes.length - 8))
  expect(await checkpoints.restore()).toMatchObject({
    saved: [
      {
        facts,
        record: { status: 'interrupted', progress: { epoch: 0, step: 3, best: { epoch: 1, loss: 0.25 } } },
      },
    ],
    unbegun: [],
    broken: [],
  })
})

it('removes what had not begun, and what was half removed', async () => {
  const { folder, checkpoints } = await kept()
  await cp(join(folder, 'job'), join(folder, 'unbegun'), { recursive: true })
  await rm(join(folder, 'unbegun', 'job.json'))
  await mkdir(join(folder, 'empty'))
  await rename(join(folder, 'unbegun'), join(folder, '.gone.other'))
  await cp(join(folder, 'job'), join(folder, 'unbegun'), { recursive: true })
  await rename(join(folder, 'unbegun', 'job.json'), join(folder, 'unbegun', 'job.json.new'))
  const { saved, unbegun, broken } = await checkpoints.restore()
  expect(saved.map(({ facts }) => facts.id)).toEqual(['job'])
  expect(unbegun.toSorted()).toEqual(['empty', 'unbegun'])
  expect(broken).toEqual([])
  expect(await readdir(folder)).toEqual(['job'])
})

it('removes what an ended job was still to be rid of', async () => {
  const { folder, checkpoints } = await kept()
  const ended = { progress: { epoch: 1, step: 1, loss: 0.5 }, history: [], diagnostics: [] }
  await cp(join(folder, 'job'), join(folder, 'before'), { recursive: true })
  await checkpoints.end('job', { status: 'diverged', verdict: 'too fast', ...ended })
  await cp(join(folder, 'before'), join(folder, 'job'), { recursive: true })
  await rm(join(folder, 'before'), { recursive: true })
  await writeFile(join(folder, 'job', 'state.bin.new'), 'cut off')
  const { saved } = await checkpoints.restore()
  expect(saved).toEqual([{ facts, record: { status: 'diverged', verdict: 'too fast', ...ended } }])
  expect((await readdir(join(folder, 'job'))).toSorted()).toEqual(['ended.json', 'job.json'])
})

it.each<[string, (folder: string) => Promise<void>, RegExp]>([
  [
    'the folder of another job',
    (folder) => rename(join(folder, 'job'), join(folder, 'copy')),
    /holds the job job/,
  ],
  ['a file where a folder should be', (folder) => writeFile(join(folder, 'notes.txt'), ''), /ENOTDIR/],
  ['facts that are none', (folder) => writeFile(join(folder, 'job', 'job.json'), '{}'), /id/],
  ['an end that is none', (folder) => writeFile(join(folder, 'job', 'ended.json'), '{'), /JSON/],
])('names what it cannot read, and leaves it: %s', async (_, spoil, reason) => {
  const { folder, checkpoints } = await kept()
  await spoil(folder)
  const before = await readdir(folder, { recursive: true })
  const { broken, unbegun } = await checkpoints.restore()
  expect(broken).toMatchObject([{ reason: expect.stringMatching(reason) }])
  expect(unbegun).toEqual([])
  expect(await readdir(folder, { recursive: true })).toEqual(before)
})

/** One bit of a file is another. */
async function flip(path: string, at: number): Promise<void> {
  const bytes = await readFile(path)
  const place = (at + bytes.length) % bytes.length
  bytes[place] = (bytes[place] ?? 0) ^ 0x40
  await writeFile(path, bytes)
}

describe('files that are not as they were written', () => {
  it.each<[string, (path: string) => Promise<void>]>([
    ['missing', (path) => rm(path)],
    ['empty', (path) => writeFile(path, '')],
    ['cut off', async (path) => writeFile(path, (await readFile(path)).subarray(0, -1))],
    ['with another bit in the header', (path) => flip(path, 20)],
    ['with another bit in the numbers', (path) => flip(path, -3)],
  ])('are not gone on from: %s', async (_, spoil) => {
    const { folder, checkpoints } = await kept()
    for (const file of ['data', 'state'] as const) {
      await spoil(join(folder, 'job', `${file}.bin`))
      await expect(checkpoints[file]('job')).rejects.toMatchObject({
        name: 'JobError',
        kind: 'damaged',
        message: expect.stringContaining(`the file ${file}.bin of the job is`),
      })
    }
  })

  it('end a job whose state they are, and it says so', async () => {
    const { folder, checkpoints } = await kept()
    await rm(join(folder, 'job', 'state.bin'))
    const { saved, broken } = await checkpoints.restore()
    expect(broken).toEqual([])
    expect(saved).toMatchObject([
      { record: { status: 'failed', verdict: expect.stringContaining('state.bin of the job is missing') } },
    ])
    expect((await readdir(join(folder, 'job'))).toSorted()).toEqual(['ended.json', 'job.json'])
    expect((await checkpoints.restore()).saved).toMatchObject([{ record: { status: 'failed' } }])
  })
})

it('removes a job, and leaves nothing of one that could not be made', async () => {
  const { folder, checkpoints } = await kept()
  await checkpoints.remove('job')
  expect(await readdir(folder)).toEqual([])
  const unwritable = { ...facts, createdAt: 7n }
  // @ts-expect-error: JSON has no such numbers
  await expect(checkpoints.create(unwritable, data, fresh)).rejects.toThrow('BigInt')
  expect(await readdir(folder)).toEqual([])
})
