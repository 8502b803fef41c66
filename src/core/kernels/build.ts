import { createHash } from 'node:crypto'
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { basename, join, relative } from 'node:path'
import { root } from '../root.ts'
import { buildFolder, expectedFile, imagingFile } from './folder.ts'

/*
 * Compiles the AssemblyScript kernels, and what is generated from the list, to build/kernels/, and computes what the self-test
 * expects of them. `node build.ts` does so when the sources or the compiler have changed since. The kernels for pictures, which
 * the core does not use, are compiled with them.
 */

const here = join(root, 'src/core/kernels')
const assembly = join(here, 'assembly')
const imaging = join(root, 'src/imaging/kernels/assembly')

/** The modules: the same sources with and without relaxed SIMD. */
const variants = { 'kernels-fma': true, 'kernels-plain': false } as const
export type KernelModuleName = keyof typeof variants

const require = createRequire(import.meta.url)

function sourceHash(): string {
  const hash = createHash('sha256')
  hash.update(readFileSync(require.resolve('assemblyscript/package.json')))
  for (const folder of [here, imaging]) {
    const names = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    const files = names.filter((name) => name.endsWith('.ts')).sort()
    for (const file of files.map((name) => join(folder, name)))
      hash.update(relative(root, file)).update(readFileSync(file))
  }
  return hash.digest('hex')
}

const outputs = [
  ...Object.keys(variants).map((name) => join(buildFolder, `${name}.wasm`)),
  imagingFile,
  expectedFile,
]

/** Builds the modules unless they are there and current. True when it compiled. */
export async function buildKernels(): Promise<boolean> {
  const stamp = join(buildFolder, 'sources.sha256')
  const hash = sourceHash()
  if (readText(stamp) === hash && outputs.every((file) => existsSync(file))) {
    // `npm start` compares times: a checkout of the same sources is looked at once
    utimesSync(stamp, new Date(), new Date())
    return false
  }
  mkdirSync(buildFolder, { recursive: true })
  for (const name of Object.keys(variants) as KernelModuleName[])
    await compile(name, await kernelSources(name))
  await compile('imaging', { folder: imaging, options: [] })
  const { expectedResults } = await import('./expected.ts')
  write(expectedFile, new Uint8Array(expectedResults().buffer))
  write(stamp, hash)
  return true
}

function readText(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}

/** At once: another process may be reading or building. */
function write(file: string, content: string | Uint8Array): void {
  const partial = `${file}.${process.pid}`
  writeFileSync(partial, content)
  renameSync(partial, file)
}

/** Files of a folder and generated ones, which make one module, and the compiler's options for it. */
interface Sources {
  readonly folder: string
  readonly generated?: ReadonlyMap<string, string>
  readonly options: readonly string[]
}

async function kernelSources(name: KernelModuleName): Promise<Sources> {
  const fma = variants[name]
  const { generatedSources } = await import('./generate.ts')
  const generated = generatedSources(fma)
  for (const [file, source] of generated) {
    mkdirSync(join(buildFolder, name), { recursive: true })
    write(join(buildFolder, name, file), source)
  }
  const memory = ['--importMemory', '--sharedMemory', '--initialMemory', '1', '--maximumMemory', '65536']
  const features = ['--enable', 'threads', ...(fma ? ['--enable', 'relaxed-simd'] : [])]
  return { folder: assembly, generated, options: [...memory, ...features] }
}

async function compile(name: string, { folder, generated, options }: Sources): Promise<void> {
  const { default: asc } = await import('assemblyscript/asc')
  const messages: string[] = []
  const output = { write: (text: string) => void messages.push(text) }
  const common = [
    // not 3: it moves products to where they are needed last, and what they need has to wait in memory
    '--optimizeLevel',
    '2',
    '--runtime',
    'stub',
    '--noAssert',
    '--use',
    'abort=',
    '--memoryBase',
    '64',
    '--disableWarning',
    '--enable',
    'simd',
  ]
  const { error } = await asc.main(
    ['index.ts', '--baseDir', '.', '--outFile', 'out.wasm', '--textFile', 'out.wat', ...common, ...options],
    {
      stdout: output,
      stderr: output,
      listFiles: () => [],
      readFile: (file) => {
        const generatedFile = /^generated\/(.*)$/.exec(file)?.[1]
        return generatedFile === undefined
          ? (readText(join(folder, relative('.', file))) ?? null)
          : (generated?.get(generatedFile) ?? null)
      },
      writeFile: (file, content) => write(join(buildFolder, basename(file).replace('out', name)), content),
    },
  )
  if (error) throw new Error(`The kernels do not compile:\n${messages.join('')}`, { cause: error })
}

if (import.meta.main && (await buildKernels())) console.log('compiled the kernels')
