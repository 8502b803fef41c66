import pino from 'pino'
import { readConfig } from '../src/config.ts'
import { type Tensor, tensor } from '../src/core/ir/tensor.ts'
import type { ExplainJob } from '../src/explain/job.ts'
import { createLocalEngine } from '../src/local-engine.ts'

/**
 * node bench/saliency.ts [rounds]: milliseconds for a prediction and for the plain gradient (forward and input gradient) of
 * EfficientNet-Lite0, through the pool, one request at a time, all threads on it. The median of the rounds.
 */
const rounds = Number(process.argv[2] ?? 50)
const engine = await createLocalEngine({ config: readConfig(process.env), logger: pino({ level: 'warn' }) })
await engine.started
const model = engine.models.get('efficientnet-lite0')
if (!model) throw new Error('the built-in model is missing')

const noise = (): Tensor =>
  tensor(
    [1, 3, 224, 224],
    Float32Array.from({ length: 3 * 224 * 224 }, () => 2 * Math.random() - 1),
  )
const saliency = (input: Tensor): ExplainJob => ({
  kind: 'explain',
  input,
  method: 'gradient',
  params: {},
  target: 5,
  of: 'logit',
  channels: 'none',
  layer: undefined,
  seed: 0,
})

async function median(call: () => Promise<unknown>): Promise<number> {
  const times: number[] = []
  for (let round = -5; round < rounds; round++) {
    const start = performance.now()
    await call()
    if (round >= 0) times.push(performance.now() - start)
  }
  return times.sort((a, b) => a - b)[Math.floor(times.length / 2)] ?? Number.NaN
}

using place = engine.admit({ signal: new AbortController().signal })
const predictMs = await median(() => place.predict(model, { kind: 'predict', input: noise() }))
const gradientMs = await median(() => place.explain(model, saliency(noise())))
console.log(JSON.stringify({ predictMs, gradientMs, rounds, workers: engine.stats().workers }))
await engine.close(1000)
