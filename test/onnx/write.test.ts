import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import { GraphBuilder } from '../../src/core/ir/builder.ts'
import { N } from '../../src/core/ir/shape.ts'
import { tensor } from '../../src/core/ir/tensor.ts'
import { referenceBackend } from '../../src/core/reference/backend.ts'
import { importOnnx, writeOnnx } from '../../src/onnx/index.ts'
import '../helpers/to-be-close.ts'
import { files, type Written } from './written.ts'

/** Weights pass through float32, and attributes such as epsilon. */
const FLOAT32 = 1e-6
/** What the project promises of ONNX Runtime. */
const RUNTIME = 1e-5

const { cases } = z
  .object({
    cases: z.record(
      z.string(),
      z.object({
        sha256: z.string(),
        input: z.array(z.union([z.string(), z.number()])),
        shape: z.array(z.number()),
        data: z.array(z.number()),
      }),
    ),
  })
  .parse(JSON.parse(readFileSync('test/fixtures/onnx-runtime.json', 'utf8')))

const outputOf = ({ graph, x }: Pick<Written, 'graph' | 'x'>) =>
  referenceBackend.compile(graph, 3).run([x])[0] ?? tensor([0], [])

describe.each(files.map((written) => [written.name, written] as const))('the file of %s', (name, written) => {
  it('gives, read again, what the network gives', () => {
    const { graph } = importOnnx(written.file)
    expect(outputOf({ ...written, graph })).toBeClose(outputOf(written), { relative: FLOAT32 })
  })

  it('gives the same in ONNX Runtime, which saw these very bytes', () => {
    expect(createHash('sha256').update(written.file).digest('hex')).toBe(cases[name]?.sha256)
    expect(outputOf(written)).toBeClose(cases[name] ?? { shape: [], data: [] }, { absolute: RUNTIME })
    expect(cases[name]?.input).toEqual(['N', ...written.x.shape.slice(1)])
  })
})

describe('names', () => {
  const layersOf = (name: string): readonly string[] => {
    const found = files.find((written) => written.name === name)
    return [...importOnnx(found?.file ?? new Uint8Array()).layers.keys()]
  }

  it('are those of the layers', () => {
    expect(layersOf('numbers')).toEqual(
      expect.arrayContaining(['input', 'fullyConnected_1', 'batchNorm_1', 'prelu_1', 'tanh_1', 'sigmoid_1']),
    )
  })

  it('are told apart where a layer is called as another value is', () => {
    expect(layersOf('names-of-others')).toEqual(['input', 'input_2', 'gemm'])
  })
})

it('says which value it cannot write', () => {
  const g = new GraphBuilder()
  const y = g.emit('erf', [g.input('x', [N, 2])], {}, 'bell')
  expect(() => writeOnnx(g.build([y]))).toThrow(
    'the value "bell" is computed by erf, which is not written to files',
  )
})

it('refuses values that are no floats', () => {
  const g = new GraphBuilder()
  const y = g.emit('equal', [g.input('x', [N, 2]), g.scalar(1)], {}, 'same')
  expect(() => writeOnnx(g.build([y]))).toThrow('the value "same" is of type bool, not float')
})
