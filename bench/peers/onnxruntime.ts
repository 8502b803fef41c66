import { InferenceSession, Tensor } from 'onnxruntime-node'
import { INPUT_SHAPE } from '../lib/nets.ts'
import { readFloats, serve } from '../lib/serve.ts'

/* ONNX Runtime's native CPU build as a contender: forward only, it has no gradients for inference models. */

const THREADS = 2
let session: InferenceSession | undefined

await serve(async ({ file, input }) => {
  await session?.release()
  const loaded = await InferenceSession.create(file, { intraOpNumThreads: THREADS, interOpNumThreads: 1 })
  session = loaded
  const [inputName = '', outputName = ''] = [loaded.inputNames[0], loaded.outputNames[0]]
  const x = new Tensor('float32', readFloats(input), INPUT_SHAPE)
  return {
    forward: async () => {
      const outputs = await loaded.run({ [inputName]: x })
      return outputs[outputName]?.data ?? []
    },
  }
})
