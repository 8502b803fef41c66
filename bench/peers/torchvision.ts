/**
 * Every CNN classifier of torchvision by both of torch's exporters: reads each file, and compares logits and input
 * gradient with PyTorch's in float64. Prints a table; exits with 1 when a row fails.
 *
 *   PYTHON=python3 node bench/peers/torchvision.ts [reference|wasm] [net …]
 *
 * Needs the packages of requirements.txt in that Python. A net's files live in .nets/ while its row is computed.
 */
import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import * as z from 'zod'
import { differentiate } from '../../src/core/autodiff/differentiate.ts'
import type { Backend } from '../../src/core/backend.ts'
import { N } from '../../src/core/ir/shape.ts'
import { type Tensor, tensor } from '../../src/core/ir/tensor.ts'
import { canonical, simplify } from '../../src/core/passes/index.ts'
import { referenceBackend } from '../../src/core/reference/backend.ts'
import { WasmBackend } from '../../src/core/wasm/executor.ts'
import { createModelMemory, ModelMemory } from '../../src/core/wasm/memory.ts'
import { compileKernels, instantiateKernels, SCRATCH_BYTES } from '../../src/core/wasm/module.ts'
import { Team } from '../../src/core/wasm/team.ts'
import { importOnnx } from '../../src/onnx/index.ts'

const nets = [
  'alexnet',
  'vgg11_bn',
  'vgg16',
  'resnet18',
  'resnet50',
  'resnext50_32x4d',
  'wide_resnet50_2',
  'densenet121',
  'googlenet',
  'inception_v3',
  'squeezenet1_1',
  'mobilenet_v2',
  'mobilenet_v3_small',
  'mnasnet1_0',
  'shufflenet_v2_x1_0',
  'efficientnet_b0',
  'regnet_y_400mf',
  'convnext_tiny',
]
const exporters = ['torchscript', 'dynamo'] as const

/**
 * Relative errors allowed: of the largest logit, of the gradient's length. Reference: some attributes (HardSigmoid's 1/6) are
 * float32 in the file. WASM: inputs are chosen away from kinks; where rounding puts a unit on the other side of one all the same,
 * its gradient jumps. In PyTorch's own float32 run too, whose errors stand beside ours and bound them where they are larger.
 */
const TOLERANCE = {
  reference: { logits: 1e-5, gradient: 1e-5 },
  wasm: { logits: 1e-4, gradient: 1e-3 },
}
type BackendName = keyof typeof TOLERANCE
/** Another unit, or a few, may be the ones that jump. */
const AS_PYTORCH = 3

function wasmBackend(): Backend {
  const raw = createModelMemory()
  const memory = new ModelMemory(raw, 0)
  const kernels = instantiateKernels(compileKernels(), raw, memory.allocate(SCRATCH_BYTES))
  return new WasmBackend(memory, new Team(kernels, raw, 0))
}
const backends: Readonly<Record<BackendName, () => Backend>> = {
  reference: () => referenceBackend,
  wasm: wasmBackend,
}

const names = ['input', 'cotangent', 'logits', 'gradient'] as const
const caseSchema = z.object({
  shapes: z.record(z.enum(names), z.array(z.int())),
  /** how far PyTorch's own float32 run is off */
  float32: z.object({ logits: z.number(), gradient: z.number() }),
})

/** What the Python side wrote. */
function readCase(folder: string) {
  const { shapes, float32 } = caseSchema.parse(JSON.parse(readFileSync(join(folder, 'case.json'), 'utf8')))
  const read = (name: (typeof names)[number]): Tensor =>
    tensor(shapes[name], new Float64Array(new Uint8Array(readFileSync(join(folder, name))).buffer))
  return {
    input: read('input'),
    cotangent: read('cotangent'),
    logits: read('logits'),
    gradient: read('gradient'),
    float32,
  }
}

const difference = (actual: Tensor, expected: Tensor): Float64Array =>
  Float64Array.from(expected.data, (e, i) => (actual.data[i] ?? Number.NaN) - e)
const largest = (list: Iterable<number>): number =>
  Array.from(list).reduce((most, v) => Math.max(most, Math.abs(v)), 0)
const euclidean = (list: Iterable<number>): number =>
  Math.sqrt(Array.from(list).reduce((sum, v) => sum + v * v, 0))

/** The error in a norm, relative to the expected numbers' own; NaN where there are fewer. */
const relativeError = (
  actual: Tensor | undefined,
  expected: Tensor,
  norm: (list: Iterable<number>) => number,
): number => (actual ? norm(difference(actual, expected)) / norm(expected.data) : Number.NaN)

interface Row {
  readonly net: string
  readonly exporter: string
  readonly status: string
  readonly ok: boolean
  readonly logits?: number
  readonly gradient?: number
  readonly float32?: { readonly logits: number; readonly gradient: number }
  readonly batch?: string
  readonly seconds?: number
}

function compare(folder: string, backend: BackendName): Omit<Row, 'net' | 'exporter'> {
  const { input, cotangent, logits, gradient, float32 } = readCase(folder)
  const { graph, warnings } = importOnnx(readFileSync(join(folder, 'model.onnx')))
  const forward = canonical(graph)
  const [x] = forward.inputs
  const [output] = forward.outputs
  if (!x || !output) throw new Error('the graph has no input or no output')
  const both = simplify(differentiate(forward, { output, wrt: [x], keep: [output] }))
  const start = performance.now()
  const [y, dx] = backends[backend]().compile(both, 1).run([input, cotangent])
  const seconds = (performance.now() - start) / 1000
  const errors = {
    logits: relativeError(y, logits, largest),
    gradient: relativeError(dx, gradient, euclidean),
  }
  const allowed = TOLERANCE[backend]
  const kinks = backend === 'wasm' ? AS_PYTORCH * float32.gradient : 0
  const ok = errors.logits <= allowed.logits && errors.gradient <= Math.max(allowed.gradient, kinks)
  const batch = x.shape[0] === N ? 'free' : `${x.shape[0]}`
  return {
    ...errors,
    float32,
    ok,
    batch,
    seconds,
    status: ok ? ['agrees', ...warnings].join('; ') : 'DIFFERS',
  }
}

async function runCase(net: string, exporter: string, backend: BackendName, root: string): Promise<Row> {
  const folder = mkdtempSync(join(root, `${net}-`))
  try {
    const script = join(import.meta.dirname, 'torchvision.py')
    await promisify(execFile)(process.env.PYTHON ?? 'python3', [script, net, exporter, folder])
    return { net, exporter, ...compare(folder, backend) }
  } catch (error) {
    return { net, exporter, ok: false, status: lastLine(error) }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** Of a Python traceback, the error; of ours, the sentence. */
const lastLine = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).trimEnd().split('\n').at(-1) ?? ''

const figure = (value: number | undefined): string => value?.toExponential(1) ?? ''
const line = (row: Row): string =>
  `| ${row.net} | ${row.exporter} | ${row.batch ?? ''} | ${figure(row.logits)} | ${figure(row.gradient)} | ${figure(row.float32?.logits)} | ${figure(row.float32?.gradient)} | ${row.seconds?.toFixed(1) ?? ''} | ${row.status} |`

async function main(): Promise<void> {
  const [first = 'reference', ...rest] = process.argv.slice(2)
  const named = first === 'reference' || first === 'wasm'
  const backend: BackendName = first === 'wasm' ? 'wasm' : 'reference'
  const asked = named ? rest : [first, ...rest]
  const root = join(import.meta.dirname, '../../.nets')
  mkdirSync(root, { recursive: true })
  console.log(
    `| net | exporter | batch | logits | gradient | torch f32 logits | torch f32 gradient | seconds (${backend}) | status |`,
  )
  console.log('|---|---|---|---|---|---|---|---|---|')
  for (const net of asked.length > 0 ? asked : nets)
    for (const exporter of exporters) {
      const row = await runCase(net, exporter, backend, root)
      console.log(line(row))
      if (!row.ok) process.exitCode = 1
    }
}

await main()
