import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import { N } from '../../src/core/ir/shape.ts'
import { tensor } from '../../src/core/ir/tensor.ts'
import { canonical } from '../../src/core/passes/index.ts'
import { referenceBackend } from '../../src/core/reference/backend.ts'
import { importOnnx } from '../../src/onnx/index.ts'
import '../helpers/to-be-close.ts'

const numbers = z.object({ shape: z.array(z.int()), data: z.array(z.number()) })
const fixture = z.object({
  source: z.string(),
  cases: z.array(
    z.object({ name: z.string(), free: z.boolean(), model: z.base64(), input: numbers, output: numbers }),
  ),
})
const file = new URL('../fixtures/onnx/operators.json', import.meta.url)
const { cases, source } = fixture.parse(JSON.parse(readFileSync(file, 'utf8')))

/** ONNX Runtime computes in float32: a few rounding steps, the most in exp, erf and sums of squares. */
const FLOAT32 = { relative: 3e-6, absolute: 1e-6 }

describe(`small models give the numbers of ${source}`, () => {
  it.each(cases)('$name', ({ model, free, input, output }) => {
    const { graph, warnings } = importOnnx(Buffer.from(model, 'base64'))
    const [batch] = graph.inputs[0]?.shape ?? []
    expect(batch === N, warnings.join()).toBe(free)
    for (const same of [graph, canonical(graph)]) {
      const run = referenceBackend.compile(same, input.shape[0] ?? 1)
      const [y] = run.run([tensor(input.shape, Float32Array.from(input.data))])
      expect(y).toBeClose({ shape: output.shape, data: output.data }, FLOAT32)
    }
  })
})
