import type { OnnxValueInfo } from './model.ts'
import { readOnnx } from './read.ts'

/** An input or output as the file declares it: undefined dimensions are open; no shape at all is []. */
export interface Port {
  readonly name: string
  readonly shape: readonly (number | undefined)[]
}

/** What goes into a model and comes out of it, without building its graph. Throws OnnxError. */
export function inspectOnnx(bytes: Uint8Array): {
  readonly inputs: readonly Port[]
  readonly outputs: readonly Port[]
} {
  const { inputs, outputs, initializers } = readOnnx(bytes).graph
  const constants = new Set(initializers.map(({ name }) => name))
  return { inputs: inputs.filter(({ name }) => !constants.has(name)).map(port), outputs: outputs.map(port) }
}

const port = ({ name, dims }: OnnxValueInfo): Port => ({
  name,
  shape: (dims ?? []).map((dim) => (typeof dim === 'number' ? dim : undefined)),
})
