export { OnnxError, type OnnxErrorKind } from './errors.ts'
export { type ImportedModel, type ImportOptions, importOnnx } from './import.ts'
export { inspectOnnx, type OutputPort, type Port } from './inspect.ts'
export { writeOnnx } from './write.ts'
