import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { expect, onTestFinished, test } from 'vitest'
import { ConfigError, readConfig } from '../src/config.ts'
import { tensor } from '../src/core/ir/tensor.ts'
import { referenceBackend } from '../src/core/reference/backend.ts'
import { createLocalEngine, type LocalEngine } from '../src/local-engine.ts'
import { runDecisionMap, viewAround } from '../src/networks/decision-map.ts'
import { gradientOptimizerSchema } from '../src/networks/optimizer.ts'
import { stored } from './helpers/networks.ts'
import { points as circlesAndCrosses, trainedOnCirclesAndCrosses } from './networks/circles-and-crosses.ts'
import { input, onnxFile } from './onnx/build.ts'

/** An engine over the built-in model and folders of these files, closed with its test, and what it logged. */
async function engineWith(
  folders: Readonly<Record<string, Uint8Array>>,
  env: Readonly<Record<string, string>> = {},
): Promise<{ engine: LocalEngine; logged: readonly { readonly msg: string; readonly model?: string }[] }> {
  const root = mkdtempSync(join(tmpdir(), 'models-'))
  for (const [name, file] of Object.entries(folders)) {
    mkdirSync(join(root, name))
    writeFileSync(join(root, name, 'model.onnx'), file)
  }
  const logged: { msg: string; model?: string }[] = []
  const logger = pino({}, { write: (line: string) => logged.push(JSON.parse(line)) })
  const config = readConfig({ WORKERS: '1', MODELS_DIR: root, ...env })
  const engine = await createLocalEngine({ config, logger })
  onTestFinished(async () => {
    await engine.close(0)
    rmSync(root, { recursive: true })
  })
  return { engine, logged }
}

/** It reads well, and only who builds its graph finds the unknown operator. */
const unloadable = onnxFile({ nodes: [{ op: 'NoSuchOp' }], outputInfo: [input('y', ['n', 3])] })
const job = {
  kind: 'predict',
  input: { shape: [1, 1, 4, 4], dtype: 'float', data: new Float32Array(16) },
} as const
const { signal } = new AbortController()

test('a model of MODELS_DIR that cannot be loaded does not stop the start: it is listed and logged', async () => {
  const { engine, logged } = await engineWith({ bad: unloadable }, { PRELOAD: 'all' })
  await engine.started
  expect(engine.ready()).toBe(true)
  expect(engine.models.get('bad')).toMatchObject({
    status: 'unusable',
    version: '1',
    problem: expect.stringContaining('NoSuchOp'),
  })
  expect(engine.models.get('efficientnet-lite0')).toMatchObject({ status: 'loaded' })
  expect(logged).toContainEqual(expect.objectContaining({ msg: 'a model cannot be used', model: 'bad@1' }))
})

test('a model that fails at its first use is unusable from then on', async () => {
  const { engine } = await engineWith({ bad: unloadable })
  await engine.started
  const model = engine.models.get('bad')
  if (model?.status !== 'available') throw new Error('expected an available model')
  using place = engine.admit({ signal })
  await expect(place.predict(model, job)).rejects.toMatchObject({ name: 'OnnxError' })
  expect(engine.models.get('bad')).toEqual({
    id: 'bad',
    version: '1',
    title: 'bad',
    status: 'unusable',
    problem: expect.any(String),
  })
  await expect(place.predict(model, job)).rejects.toMatchObject({ name: 'CardError' })
})

test('classes that the file leaves open are counted by loading it at the start', async () => {
  const open = onnxFile({ nodes: [{ op: 'Flatten' }], outputInfo: [input('y', ['n', 'classes'])] })
  const { engine } = await engineWith({ open })
  await engine.started
  const labels = Array.from({ length: 16 }, (_, i) => `class ${i}`)
  expect(engine.models.get('open')).toMatchObject({ status: 'loaded', labels })
})

test('PRELOAD of a model that is not there stops the start', async () => {
  const { engine } = await engineWith({}, { PRELOAD: 'nothing' })
  await expect(engine.started).rejects.toThrow(
    new ConfigError(['PRELOAD: there is no model nothing; known: efficientnet-lite0, mnist-cnn']),
  )
})

test('a decision map is made on the threads, of any size of network, again and again', async () => {
  const { engine } = await engineWith({}, { WORKERS: '2' })
  await engine.started
  const { spec, parameters } = trainedOnCirclesAndCrosses(3, 1)
  const points = Float64Array.from(circlesAndCrosses.flat())
  const asked = {
    spec,
    parameters,
    loss: 'cross-entropy',
    points,
    features: [0, 1],
    hold: new Float64Array(2),
    view: viewAround(points, 0.1),
    resolution: 50,
  } as const
  const expected = runDecisionMap(referenceBackend, asked).map
  using place = engine.admit({ signal })
  for (let i = 0; i < 3; i++) {
    const { map } = (await place.decisionMap(asked)).result
    expect(map.points.labels).toEqual(expected.points.labels)
    expect(map.boundaries.length).toBe(expected.boundaries.length)
    for (const [k, p] of map.points.probabilities.entries())
      expect(p).toBeCloseTo(expected.points.probabilities[k] ?? Number.NaN, 4)
  }
  const broken = parameters.map((values) => values.map(() => Number.NaN))
  await expect(place.decisionMap({ ...asked, parameters: broken })).rejects.toMatchObject({
    name: 'NetworkError',
    kind: 'diverged',
  })
})

test.each(['float64', 'float32'] as const)('looks into networks on its threads, in %s', async (precision) => {
  const { engine } = await engineWith({}, { PRELOAD: '' })
  await engine.started
  const { spec, parameters } = stored('conv', {
    input: [1, 4, 4],
    layers: [{ type: 'conv2d', filters: 1, init: 'ones', padding: 'same', bias: false }, { type: 'relu' }],
  })
  const ones = tensor([1, 1, 4, 4], new Float64Array(16).fill(1))
  const zeros = tensor([1, 1, 4, 4], new Float64Array(16))
  using place = engine.admit({ signal })
  const network = { spec, parameters, precision }
  const { result: vjp } = await place.gradients({
    ...network,
    ...{ input: ones, cotangent: undefined, wrt: ['input', 'conv2d_1.weight'], mode: 'inference' },
  })
  expect([...(vjp.gradients.get('input')?.data ?? [])]).toEqual([
    4, 6, 6, 4, 6, 9, 9, 6, 6, 9, 9, 6, 4, 6, 6, 4,
  ])
  expect([...(vjp.gradients.get('conv2d_1.weight')?.data ?? [])]).toEqual([9, 12, 9, 12, 16, 12, 9, 12, 9])
  const learning = {
    loss: 'mse',
    optimizer: gradientOptimizerSchema.parse({ type: 'sgd' }),
  }
  const { result: trace } = await place.trace({
    ...network,
    ...learning,
    ...{ input: ones, target: zeros, most: 64 },
  })
  expect(trace.layers.map(({ name }) => name)).toEqual(['conv2d_1', 'relu_1'])
  const { result: drawn } = await place.traceMaps({ ...network, loss: 'mse', input: ones, target: zeros })
  expect(drawn.layers.map(({ name, values }) => [name, values.numbers])).toEqual([
    ['conv2d_1', [4, 6, 6, 4, 6, 9, 9, 6, 6, 9, 9, 6, 4, 6, 6, 4]],
    ['relu_1', [4, 6, 6, 4, 6, 9, 9, 6, 6, 9, 9, 6, 4, 6, 6, 4]],
  ])
  const data = {
    count: 1,
    inputShape: [1, 4, 4],
    targetShape: [1, 4, 4],
    inputs: ones.data,
    targets: zeros.data,
  }
  const { result: diagnosis } = await place.diagnose({ ...network, ...learning, data, epsilon: 0.001 })
  expect(diagnosis).toMatchObject({ samples: 1, loss: 42.25, firstNotFinite: undefined })
})
