import { readFileSync } from 'node:fs'
import protobuf from 'protobufjs'

let modelType: protobuf.Type | undefined

/** The published schema's ModelProto; parsed on first use, in about 15 ms. */
export function modelProto(): protobuf.Type {
  modelType ??= protobuf
    .parse(readFileSync(new URL('onnx.proto', import.meta.url), 'utf8'))
    .root.lookupType('onnx.ModelProto')
  return modelType
}
