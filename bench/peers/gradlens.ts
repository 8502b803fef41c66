import pino from 'pino'
import { readConfig } from '../../src/config.ts'
import { tensor } from '../../src/core/ir/tensor.ts'
import type { ExplainJob } from '../../src/explain/job.ts'
import { createLocalEngine } from '../../src/local-engine.ts'
import { INPUT_SHAPE, netsFolder } from '../lib/nets.ts'
import { readFloats, serve } from '../lib/serve.ts'

/* gradlens itself as a contender: its engine and its threads, without HTTP and pictures. */

const engine = await createLocalEngine({
  config: readConfig({ WORKERS: '2', MODELS_DIR: netsFolder, CACHE_BYTES: '8 GiB' }),
  logger: pino({ level: 'error' }, pino.destination(2)),
})
await engine.started

await serve(async ({ net, input, target }) => {
  const model = engine.models.get(net)
  if (!model) throw new Error('the registry does not have it')
  if (model.problem) throw new Error(model.problem)
  const x = tensor(INPUT_SHAPE, readFloats(input))
  const job: Omit<ExplainJob, 'method' | 'params'> = {
    ...{ kind: 'explain', input: x, target, of: 'logit', channels: 'none', layer: undefined, seed: 0 },
  }
  const explain = (method: string, params: ExplainJob['params']) => async () => {
    using place = engine.admit({ signal: new AbortController().signal })
    const { result } = await place.explain(model, { ...job, method, params })
    return result.map.data
  }
  return {
    forward: async () => {
      using place = engine.admit({ signal: new AbortController().signal })
      const { result } = await place.predict(model, { kind: 'predict', input: x })
      return result.logits.data
    },
    saliency: explain('gradient', {}),
    ig: explain('integrated-gradients', { steps: 50 }),
    smoothgrad: explain('smoothgrad', { samples: 25, noise: 0.15 }),
  }
})
await engine.close(1000)
