export type OnnxErrorKind =
  /** not an ONNX file, a cut-off one, or one that contradicts itself */
  | 'malformed'
  /** a valid file that needs what gradlens does not have */
  | 'unsupported'

/** Why a file cannot become a graph, as a sentence that names the place. */
export class OnnxError extends Error {
  readonly kind: OnnxErrorKind

  constructor(kind: OnnxErrorKind, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'OnnxError'
    this.kind = kind
  }
}

export const malformed = (message: string, cause?: unknown): OnnxError =>
  new OnnxError('malformed', message, cause === undefined ? undefined : { cause })
export const unsupported = (message: string): OnnxError => new OnnxError('unsupported', message)
