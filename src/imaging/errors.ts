/** Why a picture was refused: the HTTP layer gives each kind its status. */
export type ImagingErrorKind =
  /** no bytes at all */
  | 'empty'
  /** not one of the types we take */
  | 'unsupported-type'
  /** one of our types, but truncated or broken */
  | 'corrupt'
  /** more pixels than the limit */
  | 'too-large'
  /** few pixels, but too much work: hundreds of scans, thousands of frames, a decoder that does not end */
  | 'too-complex'

/** A picture that cannot be used. `message` is a sentence for the person who sent it. */
export class ImagingError extends Error {
  readonly kind: ImagingErrorKind

  constructor(kind: ImagingErrorKind, message: string) {
    super(message)
    this.name = 'ImagingError'
    this.kind = kind
  }
}

/** What is wrong with a tensor sent as NPY or JSON. */
export type TensorErrorKind =
  /** not the format it claims to be, truncated, or sizes that lie */
  | 'corrupt'
  /** a type of numbers that we do not read */
  | 'dtype'
  /** dimensions that are not allowed or do not fit the data */
  | 'shape'
  /** an element that the type cannot hold: NaN, a fraction among integers, 300 in UINT8 */
  | 'value'

/** A tensor that cannot be used. `message` is a sentence for the person who sent it. */
export class TensorError extends Error {
  readonly kind: TensorErrorKind

  constructor(kind: TensorErrorKind, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'TensorError'
    this.kind = kind
  }
}
