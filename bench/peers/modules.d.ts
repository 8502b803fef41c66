/*
 * What the bench uses of its peers. They are installed into bench/node_modules only when the bench runs, so the compiler
 * must do without them.
 */
declare module 'onnxruntime-node' {
  export class Tensor {
    constructor(type: 'float32', data: Float32Array, dims: readonly number[])
    readonly data: Float32Array
  }
  export class InferenceSession {
    static create(
      file: string,
      options: { readonly intraOpNumThreads: number; readonly interOpNumThreads: number },
    ): Promise<InferenceSession>
    readonly inputNames: readonly string[]
    readonly outputNames: readonly string[]
    run(feeds: Readonly<Record<string, Tensor>>): Promise<Readonly<Record<string, Tensor>>>
    release(): Promise<void>
  }
}

declare module '@jax-js/jax' {
  /** An operation takes its operands: `ref` keeps an array for another one. */
  export interface JaxArray {
    readonly ref: JaxArray
    reshape(shape: readonly number[]): JaxArray
    /** `[row, column]`: a number picks, an empty list takes all */
    slice(...index: readonly (number | readonly [])[]): JaxArray
    data(): Promise<Float32Array>
  }
  export function init(device: 'wasm'): Promise<unknown>
  export function defaultDevice(device: 'wasm'): unknown
  export const numpy: { array(data: Float32Array): JaxArray }
  type Run = (inputs: Readonly<Record<string, JaxArray>>) => Readonly<Record<string, JaxArray>>
  export function jit(run: Run): Run
  export function grad(f: (x: JaxArray) => JaxArray): (x: JaxArray) => JaxArray
}

declare module '@jax-js/onnx' {
  import type { Run } from '@jax-js/jax'
  export class ONNXModel {
    constructor(file: Uint8Array)
    readonly model: {
      readonly graph?: { readonly input: readonly Named[]; readonly output: readonly Named[] }
    }
    readonly run: Run
    dispose(): void
  }
  interface Named {
    readonly name: string
  }
}
