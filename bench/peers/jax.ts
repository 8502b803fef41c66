import { readFileSync } from 'node:fs'
import { defaultDevice, grad, init, type JaxArray, jit, numpy } from '@jax-js/jax'
import { ONNXModel } from '@jax-js/onnx'
import { INPUT_SHAPE } from '../lib/nets.ts'
import { readFloats, serve } from '../lib/serve.ts'

/* jax-js as a contender: forward and gradient by its WebAssembly backend, which has one thread under Node. */

await init('wasm')
defaultDevice('wasm')
let model: ONNXModel | undefined

await serve(async ({ file, input, target }) => {
  model?.dispose()
  const loaded = new ONNXModel(readFileSync(file))
  model = loaded
  const { graph } = loaded.model
  const [inputName = '', outputName = ''] = [graph?.input[0]?.name, graph?.output[0]?.name]
  const x = numpy.array(readFloats(input)).reshape(INPUT_SHAPE)
  const run = jit(loaded.run)
  const logits = (image: JaxArray): JaxArray => {
    const output = run({ [inputName]: image })[outputName]
    if (!output) throw new Error(`the net does not answer ${outputName}`)
    return output
  }
  const gradient = grad((image) => logits(image).slice(0, target))
  // ops that it lacks show only here
  await logits(x.ref).data()
  return { forward: () => logits(x.ref).data(), saliency: () => gradient(x.ref).data() }
})
