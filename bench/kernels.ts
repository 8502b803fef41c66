import { once } from 'node:events'
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'
import { buildKernels } from '../src/core/kernels/build.ts'
import { encodeCall } from '../src/core/kernels/encode.ts'
import type { KernelArgs, KernelName } from '../src/core/kernels/list.ts'
import {
  compileKernels,
  instantiateKernels,
  type KernelModule,
  SCRATCH_BYTES,
} from '../src/core/wasm/module.ts'

/*
 * GFLOP/s of the convolution kernels and GB/s of the others, on one and two threads: the median and the best of several runs. On a
 * shared machine the best is what the kernel can do. `node bench/kernels.ts [part of a name]`
 */

const RUNS = 21
const MIN_RUN_MS = 4
const CONTROL = 4096
const PAGE = 65536

interface Rank {
  readonly module: KernelModule
  readonly memory: WebAssembly.Memory
  readonly scratch: number
}

interface Task {
  readonly plan: number
  readonly team: number
  readonly repetitions: number
}

type Call = { [K in KernelName]: { readonly kernel: K; readonly args: KernelArgs[K] } }[KernelName]
type Row = Call & { readonly name: string; readonly work: number; readonly unit: string }

if (isMainThread) await main(process.argv[2] ?? '')
else assist(workerData as Rank)

/** The second thread: joins each run. */
function assist({ module, memory, scratch }: Rank): void {
  const kernels = instantiateKernels(module, memory, scratch)
  parentPort?.on('message', ({ plan, team, repetitions }: Task) => {
    for (let i = 0; i < repetitions; i++) kernels.runPlan(plan, 1, team, CONTROL)
    parentPort?.postMessage('done')
  })
}

async function main(filter: string): Promise<void> {
  await buildKernels()
  const module = compileKernels()
  const memory = new WebAssembly.Memory({ initial: 4096, maximum: 65536, shared: true })
  const scratch = Math.ceil(SCRATCH_BYTES / PAGE) * PAGE
  const kernels = instantiateKernels(module, memory, PAGE)
  const data: Rank = { module, memory, scratch: PAGE + scratch }
  const worker = new Worker(new URL(import.meta.url), { workerData: data })
  const floats = new Float32Array(memory.buffer)
  const tensors = PAGE + 2 * scratch
  floats.fill(0.5, tensors / 4)
  const words = new Int32Array(memory.buffer)
  // tensors of 48 MiB each: x, weights or second operand, result; the plan at the end
  const [x, w, out, plan] = [0, 1, 2, 3].map((i) => tensors + i * (48 << 20)) as [
    number,
    number,
    number,
    number,
  ]

  console.log(`${module.name}${module.revectorize ? ', revectorized' : ''}`)
  console.log(
    `${'kernel'.padEnd(44)}${'1 thread: median'.padStart(18)}${'best'.padStart(8)}${'2 threads: median'.padStart(20)}${'best'.padStart(8)}`,
  )
  for (const row of rows(x, w, out).filter(({ name }) => name.includes(filter))) {
    const call = encodeCall(row.kernel, row.args)
    words.set([1, call.kernel, plan + 64, call.units], plan / 4)
    words.set(call.words, (plan + 64) / 4)
    const cells = []
    for (const team of [1, 2]) {
      const speeds = await measure(team, row.work)
      cells.push(speeds[RUNS >> 1] ?? 0, speeds[0] ?? 0)
    }
    const widths = [18, 8, 20, 8]
    console.log(
      row.name.padEnd(44) +
        cells.map((speed, i) => speed.toFixed(1).padStart(widths[i] ?? 8)).join('') +
        ` ${row.unit}`,
    )
  }
  await worker.terminate()

  /** Speeds of the plan, in work per nanosecond, the best first. */
  async function measure(team: number, work: number): Promise<number[]> {
    const run = async (repetitions: number): Promise<number> => {
      const done = team > 1 ? once(worker, 'message') : undefined
      if (team > 1) worker.postMessage({ plan, team, repetitions } satisfies Task)
      // the first run waits for the other thread to wake up
      kernels.runPlan(plan, 0, team, CONTROL)
      const start = performance.now()
      for (let i = 1; i < repetitions; i++) kernels.runPlan(plan, 0, team, CONTROL)
      const ms = performance.now() - start
      await done
      return ms
    }
    const once1 = Math.max(1e-3, await run(2))
    // many: a thread may run ahead of the other's clock by one
    const repetitions = 8 + Math.ceil(MIN_RUN_MS / once1)
    const speeds: number[] = []
    for (let i = 0; i < RUNS; i++) speeds.push((work * (repetitions - 1)) / (await run(repetitions)) / 1e6)
    return speeds.sort((a, b) => b - a)
  }
}

/** Layers of the networks that people explain, and the memory-bound rest. */
function rows(x: number, w: number, out: number): Row[] {
  const epilogue = {
    ...{ bias: 0, addend: 0, clampMin: 0, clampMax: 6, gate: 0, gateMin: 0, gateMax: 0 },
    ...{ gateBits: 0, maskBits: 0 },
  }
  const window = (size: number, kernel: number, stride: number, transposed: number) => {
    const small = Math.ceil(size / stride)
    const [input, output] = transposed ? [small, size] : [size, small]
    const pad = stride === 1 ? kernel >> 1 : (kernel - stride + 1) >> 1
    return {
      ...{ batch: 1, inH: input, inW: input, outH: output, outW: output, kernelH: kernel, kernelW: kernel },
      ...{ strideH: stride, strideW: stride, dilationH: 1, dilationW: 1, padTop: pad, padLeft: pad },
    }
  }
  const conv = (
    size: number,
    k: number,
    n: number,
    kernel: number,
    stride = 1,
    transposed = 0,
    groups = 1,
  ): Row => ({
    name: `conv ${kernel}x${kernel}${stride > 1 ? ` /${stride}` : ''} ${size}x${size} ${k}→${n}${groups > 1 ? ` in ${groups}` : ''}${transposed ? ', adjoint' : ''}`,
    kernel: 'conv',
    args: {
      ...{ x, w, out, ...window(size, kernel, stride, transposed), ...epilogue },
      ...{ groups, inPerGroup: k / groups, outPerGroup: n / groups, transposed, turned: 0, sparse: 0 },
    },
    work: (2 * Math.ceil(size / stride) ** 2 * kernel ** 2 * k * n) / groups,
    unit: 'GFLOP/s',
  })
  const depthwise = (size: number, channels: number, kernel: number, stride = 1, transposed = 0): Row => ({
    name: `depthwise ${kernel}x${kernel}${stride > 1 ? ` /${stride}` : ''} ${size}x${size} ${channels}${transposed ? ', adjoint' : ''}`,
    kernel: 'depthwise',
    args: { x, w, out, ...window(size, kernel, stride, transposed), ...epilogue, channels, transposed },
    work: 2 * Math.ceil(size / stride) ** 2 * kernel ** 2 * channels,
    unit: 'GFLOP/s',
  })
  const winograd = (size: number, k: number, n: number, tile: 2 | 4): Row => ({
    name: `winograd F(${tile}×${tile}) ${size}x${size} ${k}→${n}`,
    kernel: 'winograd',
    args: {
      ...{ x, w, out, batch: 1, inH: size, inW: size, outH: size, outW: size, padTop: 1, padLeft: 1 },
      ...{ channels: k, filters: n, tile, transposed: 0, turned: 0, sparse: 0, ...epilogue },
    },
    work: 2 * size ** 2 * 9 * k * n,
    unit: 'GFLOP/s of the direct sum',
  })
  const narrow = (size: number, k: number, kernel: number, stride: number): Row => ({
    name: `narrow ${kernel}x${kernel}${stride > 1 ? ` /${stride}` : ''} ${size}x${size} ${k}→3, adjoint`,
    kernel: 'narrow',
    args: {
      ...{ x, w, out, ...window(size, kernel, stride, 1), ...epilogue },
      ...{ channels: k, filters: 3, transposed: 1 },
    },
    work: 2 * Math.ceil(size / stride) ** 2 * kernel ** 2 * k * 3,
    unit: 'GFLOP/s',
  })
  const elements = 56 * 56 * 256
  const dims = [1, 1, 1, 1, 56 * 56, 256]
  const contiguous = [0, 0, 0, 0, 256, 1]
  const pooled = { ...window(112, 3, 2, 0), padBottom: 1, padRight: 1, channels: 64 }
  const poolBytes = 4 * 64 * (112 ** 2 + 56 ** 2)
  const moved = (name: string, call: Call, bytes: number): Row => ({
    ...call,
    name,
    work: bytes,
    unit: 'GB/s',
  })
  return [
    conv(56, 64, 256, 1),
    conv(28, 512, 512, 1),
    conv(14, 256, 1024, 1),
    conv(14, 112, 672, 1),
    conv(7, 1152, 320, 1),
    conv(112, 32, 16, 1),
    conv(56, 144, 24, 1),
    conv(1, 2048, 1000, 1),
    conv(56, 64, 64, 3),
    conv(28, 128, 128, 3),
    conv(14, 256, 256, 3),
    conv(7, 512, 512, 3),
    conv(56, 128, 128, 3, 2),
    conv(56, 128, 128, 3, 2, 1),
    conv(224, 3, 32, 3, 2),
    conv(224, 3, 64, 7, 2),
    winograd(112, 128, 128, 4),
    winograd(56, 64, 64, 4),
    winograd(28, 128, 128, 4),
    winograd(14, 256, 256, 4),
    winograd(7, 512, 512, 2),
    narrow(224, 32, 3, 2),
    narrow(224, 64, 7, 2),
    narrow(224, 64, 3, 1),
    conv(28, 256, 256, 3, 1, 0, 32),
    depthwise(112, 32, 3),
    depthwise(112, 96, 3, 2),
    depthwise(56, 144, 3),
    depthwise(56, 144, 5, 2),
    depthwise(28, 240, 5),
    depthwise(14, 672, 5),
    depthwise(7, 1152, 5),
    depthwise(112, 96, 3, 2, 1),
    depthwise(56, 144, 5, 2, 1),
    moved('pool: maximum 3x3 /2', { kernel: 'pool', args: { x, out, ...pooled, mode: 0 } }, poolBytes),
    moved(
      'poolGrad: maximum 3x3 /2',
      { kernel: 'poolGrad', args: { ct: w, x, out, ...pooled, mode: 0 } },
      poolBytes,
    ),
    moved(
      'unary: exp',
      { kernel: 'unary', args: { x, out, length: elements, op: 4, p: 0, q: 0 } },
      8 * elements,
    ),
    moved(
      'unary: clip',
      { kernel: 'unary', args: { x, out, length: elements, op: 7, p: 0, q: 6 } },
      8 * elements,
    ),
    moved(
      'unary: gelu',
      { kernel: 'unary', args: { x, out, length: elements, op: 15, p: 0, q: 0 } },
      8 * elements,
    ),
    moved(
      'binary: add',
      {
        kernel: 'binary',
        args: { a: x, b: w, out, op: 0, p: 0, q: 0, dims, aStrides: contiguous, bStrides: contiguous },
      },
      12 * elements,
    ),
    moved(
      'copy: channels first to last',
      {
        kernel: 'copy',
        args: {
          x,
          out,
          indices: 0,
          axis: 0,
          dims: [1, 1, 1, 1, 50176, 3],
          xStrides: [0, 0, 0, 0, 1, 50176],
          outStrides: [0, 0, 0, 0, 3, 1],
        },
      },
      8 * 50176 * 3,
    ),
    moved(
      'reduce: mean over pixels',
      { kernel: 'reduce', args: { x, out, outer: 1, length: 49, inner: 1280, mode: 1 } },
      4 * 49 * 1280,
    ),
    moved('normal', { kernel: 'normal', args: { keys: x, out, batch: 1, length: elements } }, 4 * elements),
    moved('fill', { kernel: 'fill', args: { out, length: elements, value: 1 } }, 4 * elements),
  ]
}
