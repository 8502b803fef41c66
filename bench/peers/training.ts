import { freshState } from '../../src/networks/state.ts'
import { Trainer } from '../../src/networks/train.ts'
import { trainingSchema } from '../../src/networks/training.ts'
import { openCore } from '../lib/core.ts'
import { readFloats, serve } from '../lib/serve.ts'
import { BATCH, CLASSES, STEPS, trainingNet } from '../lib/training-nets.ts'

/* gradlens' own trainer as a contender: steps of Adam on images in memory. */

const THREADS = 2

await using core = await openCore(THREADS)

await serve(async ({ net, input }) => {
  const network = trainingNet(net)
  const count = BATCH * STEPS
  const targets = new Float32Array(count * CLASSES)
  for (let i = 0; i < count; i++) targets[i * CLASSES + (i % CLASSES)] = 1
  const data = {
    count,
    inputShape: network.spec.input,
    targetShape: [CLASSES],
    inputs: readFloats(input),
    targets,
  }
  const spec = trainingSchema.parse({
    loss: 'cross-entropy',
    optimizer: { type: 'adam' },
    batchSize: BATCH,
    epochs: 100_000,
  })
  const trainer = new Trainer(network, data, spec, core.backend)
  let state = freshState(network, spec)
  return {
    // an epoch
    forward: async () => {
      let steps = 0
      state = trainer.run(state, () => ++steps === STEPS)
      return [trainer.loss]
    },
  }
})
