import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { expect, it } from 'vitest'
import { importOnnx } from '../../src/onnx/index.ts'
import { wasmBackend } from '../helpers/wasm-backend.ts'

const PIXELS = 28 * 28
const EACH = 30
const { resolve } = createRequire(import.meta.url)
const digits = Array.from({ length: 10 }, (_, label) => {
  const file: { data: number[] } = JSON.parse(readFileSync(resolve(`mnist/src/digits/${label}.json`), 'utf8'))
  return file.data.slice(0, EACH * PIXELS)
}).flat()

it('mnist-cnn, trained here, reads 30 of each digit', () => {
  const { graph } = importOnnx(readFileSync('models/mnist-cnn/model.onnx'))
  const x = { shape: [10 * EACH, 1, 28, 28], dtype: 'float', data: Float32Array.from(digits) } as const
  const [logits] = wasmBackend()
    .compile(graph, 10 * EACH)
    .run([x])
  const right = Array.from({ length: 10 * EACH }, (_, i) => {
    const scores = [...(logits?.data.subarray(10 * i, 10 * i + 10) ?? [])]
    return scores.indexOf(Math.max(...scores)) === Math.floor(i / EACH)
  }).filter(Boolean).length
  // ONNX Runtime finds 9977 of all 10,000
  expect(right).toBeGreaterThanOrEqual(0.985 * 10 * EACH)
})

it('mnist-cnn has a history that says how good it is on digits it has not seen', () => {
  const history = JSON.parse(readFileSync('models/mnist-cnn/history.json', 'utf8'))
  expect(history.testAccuracy).toBeGreaterThanOrEqual(0.985)
  const { training } = JSON.parse(readFileSync('models/mnist-cnn/network.json', 'utf8'))
  expect(history.epochs).toHaveLength(training.epochs)
})
