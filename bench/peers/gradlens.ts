import { tensor } from '../../src/core/ir/tensor.ts'
import { BenchEngine } from '../lib/engine.ts'
import { INPUT_SHAPE } from '../lib/nets.ts'
import { readFloats, serve } from '../lib/serve.ts'

/* gradlens itself as a contender: its engine and its threads, without HTTP and pictures. */

await using engine = await BenchEngine.open(2)

await serve(async ({ net, input }) => {
  const floats = readFloats(input)
  // in shared memory, where preprocessing leaves a request's input
  const x = tensor(INPUT_SHAPE, new Float32Array(new SharedArrayBuffer(floats.byteLength)))
  x.data.set(floats)
  await engine.predict(net, x)
  return {
    forward: () => engine.predict(net, x),
    saliency: () => engine.explain(net, x, 'gradient'),
    ig: () => engine.explain(net, x, 'integrated-gradients', { steps: 50 }),
    smoothgrad: () => engine.explain(net, x, 'smoothgrad', { samples: 25, noise: 0.15 }),
  }
})
