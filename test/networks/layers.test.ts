import { describe, expect, it } from 'vitest'
import { tensor } from '../../src/core/ir/tensor.ts'
import { referenceBackend } from '../../src/core/reference/backend.ts'
import { toHttpError } from '../../src/errors.ts'
import { inferenceGraph, initialParameters, networkOf } from '../../src/networks/network.ts'
import { readSpec } from '../../src/networks/spec.ts'

const shapesOf = (input: number[], layers: object[]) =>
  Object.fromEntries(
    [...networkOf(readSpec({ input, layers })).shapes].map(([name, shape]) => [name, [...shape]]),
  )

/** A list in a list in a list … */
const nested = (depth: number): unknown[] => JSON.parse('['.repeat(depth) + ']'.repeat(depth))

describe('layers', () => {
  it('give shapes and names', () => {
    expect(
      shapesOf(
        [1, 28, 28],
        [
          { type: 'conv2d', filters: 8, kernel: 3, padding: 'same' },
          { type: 'batchNorm' },
          { type: 'relu' },
          { type: 'maxPool' },
          { type: 'conv2d', name: 'second', filters: 16, kernel: [3, 5], stride: 2, padding: 1 },
          { type: 'prelu' },
          { type: 'dropout', rate: 0.2 },
          { type: 'globalAvgPool' },
          { type: 'fullyConnected', units: 10 },
          { type: 'softmax' },
        ],
      ),
    ).toEqual({
      conv2d_1: [8, 28, 28],
      batchNorm_1: [8, 28, 28],
      relu_1: [8, 28, 28],
      maxPool_1: [8, 14, 14],
      second: [16, 7, 6],
      prelu_1: [16, 7, 6],
      dropout_1: [16, 7, 6],
      globalAvgPool_1: [16],
      fullyConnected_1: [10],
      softmax_1: [10],
    })
  })

  it('joins earlier layers', () => {
    expect(
      shapesOf(
        [3, 4, 4],
        [
          { type: 'conv2d', name: 'a', filters: 3, padding: 'same' },
          { type: 'relu' },
          { type: 'add', with: 'a' },
          { type: 'concat', with: 'a' },
          { type: 'rot90' },
          { type: 'flatten' },
        ],
      ),
    ).toMatchObject({ add_1: [3, 4, 4], concat_1: [6, 4, 4], flatten_1: [96] })
  })

  it('convolve ones as the fixture says', () => {
    const network = networkOf(
      readSpec({
        input: [1, 4, 4],
        layers: [
          {
            type: 'conv2d',
            filters: 1,
            kernel: 3,
            padding: 'same',
            bias: false,
            weights: [
              [
                [
                  [1, 2, 3],
                  [4, 5, 6],
                  [7, 8, 9],
                ],
              ],
            ],
          },
        ],
      }),
    )
    const graph = inferenceGraph(network, initialParameters(network))
    const [y] = referenceBackend.compile(graph, 1).run([tensor([1, 1, 4, 4], new Float64Array(16).fill(1))])
    expect([...(y?.data ?? [])]).toEqual([28, 39, 39, 24, 33, 45, 45, 27, 33, 45, 45, 27, 16, 21, 21, 12])
  })

  it.each([
    [
      [2],
      [{ type: 'conv2d', filters: 1 }],
      'layers[0]',
      /expected an input of channels, rows and columns, got \[2\]/,
    ],
    [[1, 2, 2], [{ type: 'conv2d', filters: 1, kernel: 3 }], 'layers[0]', /does not fit an input of 1×2×2/],
    [
      [3, 4, 4],
      [
        { type: 'conv2d', filters: 2, padding: 'same' },
        { type: 'add', with: 'conv2d_9' },
      ],
      'layers[1].with',
      /no earlier layer/,
    ],
    [
      [2, 4, 4],
      [{ type: 'conv2d', filters: 4, groups: 4 }],
      'layers[0].groups',
      /layer conv2d_1: expected a number that divides 2 channels and 4 filters, got 4/,
    ],
    [[4, 4, 4], [{ type: 'conv2d', filters: 3, groups: 2 }], 'layers[0].groups', /4 channels and 3 filters/],
    [[2], [{ type: 'fullyConnected', units: 1, bias: false, biases: [1] }], 'layers[0].biases', /none of a/],
    [[2, 2], [{ type: 'relu' }], 'input', /expected \[features\].*or \[channels, rows, columns\]/],
    [[1, 9, 9], [{ type: 'conv2d', filters: 1, padding: 'foo' }], 'layers[0].padding', /same, valid/],
    [[1, 9, 9], [{ type: 'conv2d', filters: 1, kernel: [3, 3, 3] }], 'layers[0].kernel', /or two of them/],
    [[2], [{ type: 'dense', units: 3 }], 'layers[0].type', /there is no layer "dense"/],
    [[2], [{ type: 'fullyConnected', units: 3, unit: 3 }], 'layers[0].unit', /unknown parameter/],
    [
      [2],
      [{ type: 'fullyConnected', units: 1, weights: [[1, 2, 3]] }],
      'layers[0].weights',
      /expected \[1,2\] numbers, got \[1,3\]/,
    ],
    [
      [2],
      [{ type: 'fullyConnected', units: 1, weights: [1, Number.POSITIVE_INFINITY] }],
      'layers[0].weights',
      /finite numbers/,
    ],
    [[2], [{ type: 'fullyConnected', units: 1, weights: nested(20_000) }], 'layers[0].weights', /lists/],
    [[1, 2, 2], [{ type: 'maxPool', size: [1, 99] }], 'layers[0].size[1]', /<=64/],
    [[2], [{ units: 3 }], 'layers[0].type', /expected one of conv2d/],
    [
      [2],
      [
        { type: 'relu', name: 'a' },
        { type: 'relu', name: 'a' },
      ],
      'layers[1].name',
      /a name of its own/,
    ],
  ])('are refused where they do not fit: %j %j', (input, layers, parameter, says) => {
    const build = () => networkOf(readSpec({ input, layers }))
    expect(build).toThrow(says)
    try {
      build()
    } catch (error) {
      expect(toHttpError(error)).toMatchObject({ type: 'invalid-parameter', errors: [{ parameter }] })
    }
  })
})
