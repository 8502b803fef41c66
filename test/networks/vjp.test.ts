import { describe, expect, it } from 'vitest'
import { tensor } from '../../src/core/ir/tensor.ts'
import { referenceBackend } from '../../src/core/reference/backend.ts'
import { initialParameters, networkOf } from '../../src/networks/network.ts'
import { readSpec } from '../../src/networks/spec.ts'
import { runVjp, type VjpJob } from '../../src/networks/vjp.ts'
import { wasmBackend } from '../helpers/wasm-backend.ts'
import { convGradient, numpyXor, transposed, xorSpec } from '../helpers/xor.ts'

const backends = { float64: referenceBackend, float32: wasmBackend() } as const
const precisions = ['float64', 'float32'] as const
const digits = { float64: 12, float32: 4 } as const

const ask = (
  spec: unknown,
  asked: Pick<VjpJob, 'input' | 'cotangent' | 'wrt' | 'precision'> & Partial<VjpJob>,
) => {
  const network = networkOf(readSpec(spec))
  const parameters = initialParameters(network)
  return runVjp(backends[asked.precision], {
    spec: network.spec,
    parameters,
    mode: 'inference',
    ...asked,
  })
}

const convolution = (weights: unknown) => ({
  input: [1, 4, 4],
  layers: [{ type: 'conv2d', filters: 1, kernel: 3, padding: 'same', bias: false, weights }],
})
const oneToNine = [1, 2, 3, 4, 5, 6, 7, 8, 9]
const image = tensor([1, 1, 4, 4], new Float64Array(16).fill(1))
const oneAt = (row: number, column: number) => {
  const data = new Float64Array(16)
  data[row * 4 + column] = 1
  return tensor([1, 1, 4, 4], data)
}

describe.each(precisions)('gradients in %s', (precision) => {
  it.each([
    ['ones', new Array(9).fill(1), convGradient.grad, convGradient.forward],
    ['1 … 9', oneToNine, convGradient.asym_filter_1to9_grad, convGradient.asym_filter_1to9_forward],
  ])('of one output of a convolution with %s are its kernel, in place', (_, weights, grad, forward) => {
    const { output, gradients } = ask(convolution(weights), {
      input: image,
      cotangent: oneAt(1, 1),
      wrt: ['input'],
      precision,
    })
    expect([...output.data]).toEqual(forward.flat())
    expect([...(gradients.get('input')?.data ?? [])]).toEqual(grad.flat())
  })

  it('reach the kernels of the first layer', () => {
    const input = tensor(
      [1, 1, 4, 4],
      Float64Array.from({ length: 16 }, (_, i) => i),
    )
    const { gradients } = ask(convolution(oneToNine), {
      input,
      cotangent: oneAt(1, 1),
      wrt: ['conv2d_1.weight'],
      precision,
    })
    const weight = gradients.get('conv2d_1.weight')
    expect(weight?.shape).toEqual([1, 1, 3, 3])
    // the 3×3 of the picture under the kernel at (1,1)
    expect([...(weight?.data ?? [])]).toEqual([0, 1, 2, 4, 5, 6, 8, 9, 10])
  })

  it("are those of XOR's first step, as NumPy has them", () => {
    const { y_pred, grad_w1, grad_w2 } = numpyXor.step0
    const { output, gradients } = ask(xorSpec(), {
      input: tensor([4, 2], Float64Array.of(0, 0, 0, 1, 1, 0, 1, 1)),
      // 2 (y − t)
      cotangent: tensor(
        [4, 1],
        Float64Array.from([0, 1, 1, 0], (t, i) => 2 * (y_pred[i][0] - t)),
      ),
      wrt: ['fullyConnected_1.weight', 'fullyConnected_2.weight'],
      precision,
    })
    const near = (got: ArrayLike<number> | undefined, wanted: number[]) => {
      expect(got).toHaveLength(wanted.length)
      Array.from(got ?? []).forEach((value, i) => {
        expect(value).toBeCloseTo(wanted[i] ?? Number.NaN, digits[precision])
      })
    }
    near(output.data, y_pred.flat())
    near(gradients.get('fullyConnected_1.weight')?.data, transposed(grad_w1).flat())
    near(gradients.get('fullyConnected_2.weight')?.data, transposed(grad_w2).flat())
  })

  it('of a sigmoid are finite, however large its input', () => {
    const { output, gradients } = ask(
      { input: [4], layers: [{ type: 'sigmoid' }] },
      { input: tensor([1, 4], [-1e4, -89, 89, 1e4]), cotangent: undefined, wrt: ['input'], precision },
    )
    for (const [value, wanted] of [
      [output.data, [0, 0, 1, 1]],
      [gradients.get('input')?.data ?? [], [0, 0, 0, 0]],
    ] as const)
      Array.from(value).forEach((number, i) => {
        expect(number).toBeCloseTo(wanted[i] ?? Number.NaN, 12)
      })
  })

  it('come for layers that share a value, dropout being off', () => {
    const { gradients } = ask(
      { input: [2], layers: [{ type: 'dropout' }, { type: 'flatten' }, { type: 'relu' }] },
      {
        input: tensor([1, 2], [-1, 2]),
        cotangent: tensor([1, 2], [3, 4]),
        wrt: ['input', 'dropout_1', 'flatten_1', 'relu_1'],
        precision,
        mode: 'training',
      },
    )
    expect([...gradients].map(([name, { data }]) => [name, ...data])).toEqual([
      ['input', 0, 4],
      ['dropout_1', 0, 4],
      ['flatten_1', 0, 4],
      ['relu_1', 3, 4],
    ])
  })
})

describe('gradients refuse', () => {
  const good = { input: image, cotangent: oneAt(1, 1), wrt: ['input'], precision: 'float64' } as const
  it.each([
    [
      'another input',
      { input: tensor([1, 1, 3, 3], new Float64Array(9)) },
      'input',
      /\[1,4,4\], got \[1,3,3\]/,
    ],
    ['NaN', { input: tensor([1, 1, 4, 4], new Float64Array(16).fill(Number.NaN)) }, 'input', /finite/],
    ['another cotangent', { cotangent: tensor([1, 1], [1]) }, 'cotangent', /\[1,4,4\], got \[1\]/],
    ['another batch', { cotangent: tensor([2, 1, 4, 4], new Float64Array(32)) }, 'cotangent', /\[1,1,4,4\]/],
    [
      'infinity',
      { cotangent: tensor([1, 1, 4, 4], new Float64Array(16).fill(1 / 0)) },
      'cotangent',
      /finite/,
    ],
    ['an unknown name', { wrt: ['conv2d_2.weight'] }, 'wrt', /input, conv2d_1\.weight, conv2d_1$/],
    ['no own property', { wrt: ['constructor'] }, 'wrt', /there is no "constructor"/],
  ])('%s', (_, bad, parameter, says) => {
    const asking = () => ask(convolution(oneToNine), { ...good, ...bad })
    expect(asking).toThrow(says)
    expect(asking).toThrow(expect.objectContaining({ name: 'NetworkError', kind: 'bad-data', parameter }))
  })
})
