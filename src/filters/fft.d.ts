declare module 'fft.js' {
  /** Complex numbers as pairs in an array of 2·size; size is a power of two. */
  export default class FFT {
    constructor(size: number)
    transform(out: Float64Array, data: Float64Array): void
    /** Divided by the size. */
    inverseTransform(out: Float64Array, data: Float64Array): void
  }
}
