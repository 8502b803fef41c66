import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import type { KernelModuleName } from '../kernels/build.ts'
import { SCRATCH_BYTES } from '../kernels/encode.ts'
import { buildFolder } from '../kernels/folder.ts'

/** The compiled kernels, as `GET /v1` describes them. Can be posted to worker threads. */
export interface KernelModule {
  readonly name: KernelModuleName
  /** compiled with V8's revectorizer, which makes 256-bit operations of pairs of 128-bit ones: x86-64 only */
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
 * Compiles the fastest kernels that this machine runs, once, with the V8 flags they need. A name asks for one of them, and
 * `revectorize: false` for code in which the revectorizer had no part.
 * To be called on the main thread before workers start: the flags are the whole process's while it compiles.
 * @throws Error when the kernels have not been built (`node src/core/kernels/build.ts`)
 */
export function compileKernels(
  name?: KernelModuleName,
  { revectorize = process.arch === 'x64' }: { readonly revectorize?: boolean } = {},
): KernelModule {
  if (compiled && (name ?? compiled.name) === compiled.name && compiled.revectorize === revectorize)
    return compiled
  const chosen = name ?? (WebAssembly.validate(wasmOf('kernels-fma')) ? 'kernels-fma' : 'kernels-plain')
  const module = withFlags(
    revectorize ? [...eager, 'experimental-wasm-revectorize'] : eager,
    () => new WebAssembly.Module(wasmOf(chosen)),
  )
  compiled ??= { name: chosen, revectorize, module }
  return { name: chosen, revectorize, module }
}

/**
 * All functions by the optimising compiler, at once. Deoptimisation needs feedback that only the baseline compiler's code
 * collects: without it V8 ends the process.
 */
const eager = ['no-wasm-deopt', 'no-liftoff', 'no-wasm-lazy-compilation'] as const

/**
 * Sets V8 flags during `work` only: left on, they would meet Node's own WebAssembly (the TypeScript stripper), which was
 * compiled without them, and end the process.
 */
function withFlags<T>(flags: readonly string[], work: () => T): T {
  for (const flag of flags) setFlagsFromString(`--${flag}`)
  try {
    return work()
  } finally {
    for (const flag of flags.toReversed())
      setFlagsFromString(flag.startsWith('no-') ? `--${flag.slice(3)}` : `--no-${flag}`)
  }
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
  // What the kernels export is written in AssemblyScript, where TypeScript does not look; the check below fails without it.
  const instance = exports as unknown as Exports
  if (instance.scratchBytes() !== SCRATCH_BYTES)
    throw new Error(`the kernels need ${instance.scratchBytes()} bytes of scratch, not ${SCRATCH_BYTES}`)
  instance.setScratch(scratch)
  return instance
}
