import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { buildFolder, type KernelModuleName } from '../kernels/build.ts'
import { SCRATCH_BYTES } from '../kernels/encode.ts'

/** The compiled kernels, as `GET /v1` describes them. Can be posted to worker threads. */
export interface KernelModule {
  readonly name: KernelModuleName
  /** pairs of 128-bit operations become 256-bit ones: x86-64 only */
  readonly revectorize: boolean
  readonly module: WebAssembly.Module
}

/** A worker's kernels over a model's memory. Not to be shared between threads. */
export interface KernelInstance {
  /** Runs one unit of a call: kernel id, address of its encoded arguments, unit. */
  runUnit(kernel: number, args: number, unit: number): void
  /**
   * Runs the plan at `plan` (number of steps; then kernel id, address of arguments, units of each) as `rank` of `team`,
   * over the control block at `control`. 0: all steps ran, 1: aborted.
   */
  runPlan(plan: number, rank: number, team: number, control: number): number
}

interface Exports extends KernelInstance {
  setScratch(address: number): void
  scratchBytes(): number
}

let compiled: KernelModule | undefined

/**
 * Compiles the fastest kernels that this machine runs, once; V8's flags are set before. A name asks for one of them.
 * @throws Error when the kernels have not been built (`node src/core/kernels/build.ts`)
 */
export function compileKernels(name?: KernelModuleName): KernelModule {
  if (compiled && (name === undefined || compiled.name === name)) return compiled
  const revectorize = setFlags()
  const chosen = name ?? (WebAssembly.validate(wasmOf('kernels-fma')) ? 'kernels-fma' : 'kernels-plain')
  const module = { name: chosen, revectorize, module: new WebAssembly.Module(wasmOf(chosen)) }
  compiled ??= module
  return module
}

/** Only the optimising compiler, at once and not at the first call: a team must not wait for a rank that compiles. */
function setFlags(): boolean {
  setFlagsFromString('--no-liftoff')
  setFlagsFromString('--no-wasm-lazy-compilation')
  setFlagsFromString('--no-wasm-inlining')
  const revectorize = process.arch === 'x64'
  if (revectorize) setFlagsFromString('--experimental-wasm-revectorize')
  return revectorize
}

function wasmOf(name: KernelModuleName): Uint8Array<ArrayBuffer> {
  return readFileSync(join(buildFolder, `${name}.wasm`))
}

/** What `instantiateKernels` takes at `scratch`, in bytes. */
export { SCRATCH_BYTES }

/** The kernels over `memory`, with SCRATCH_BYTES of it at `scratch` (64-byte aligned) for this instance alone. */
export function instantiateKernels(
  { module }: KernelModule,
  memory: WebAssembly.Memory,
  scratch: number,
): KernelInstance {
  const { exports } = new WebAssembly.Instance(module, { env: { memory } })
  const instance = exports as unknown as Exports
  if (instance.scratchBytes() !== SCRATCH_BYTES)
    throw new Error(`the kernels need ${instance.scratchBytes()} bytes of scratch, not ${SCRATCH_BYTES}`)
  instance.setScratch(scratch)
  return instance
}
