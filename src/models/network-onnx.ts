import { inferenceGraph, networkOf } from '../networks/network.ts'
import type { StoredNetwork } from '../networks/store.ts'
import { writeOnnx } from '../onnx/index.ts'

/** What an ONNX file has of a network. */
export type BareNetwork = Pick<StoredNetwork, 'spec' | 'parameters'>

/** Writes a network as an ONNX file; a large one holds up the thread that does it. */
export type OnnxWriter = (network: BareNetwork) => Promise<Uint8Array>

/** A network as an ONNX file. */
export const networkOnnx = ({ spec, parameters }: BareNetwork): Uint8Array =>
  writeOnnx(inferenceGraph(networkOf(spec), parameters))
