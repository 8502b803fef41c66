import { describe, expect, it } from 'vitest'
import { differentiate } from '../../../src/core/autodiff/differentiate.ts'
import { bindBatch } from '../../../src/core/ir/bind.ts'
import { GraphBuilder } from '../../../src/core/ir/builder.ts'
import type { Graph, Value } from '../../../src/core/ir/graph.ts'
import { N, type Shape, sizeOf } from '../../../src/core/ir/shape.ts'
import { type Tensor, tensor } from '../../../src/core/ir/tensor.ts'
import { totalShape } from '../../../src/core/ops/accumulate.ts'
import { simplify } from '../../../src/core/passes/index.ts'
import { planGraph } from '../../../src/core/plan/plan.ts'
import { referenceBackend } from '../../../src/core/reference/backend.ts'
import { halving } from '../../helpers/halving.ts'
import { wasmBackend } from '../../helpers/wasm-backend.ts'
import '../../helpers/to-be-close.ts'

const numbers = (shape: Shape, seed: number): Tensor =>
  tensor(
    shape,
    Float32Array.from({ length: sizeOf(shape) }, (_, i) => Math.sin(i * 12.9898 + seed)),
  )

/** (picture, cotangent, total) ↦ logits, their gradients at the picture, total + those after the first convolution. */
function netOf(side: number): Graph {
  const g = new GraphBuilder()
  const x = g.input('x', [N, 3, side, side])
  let seed = 0
  const conv = (from: Value, [filters, size]: readonly [number, number], stride = 1, groups = 1) => {
    const channels = from.shape[1] ?? 1
    const w = g.constant(numbers([filters, channels / groups, size, size], seed++))
    const pad = size >> 1
    const window = {
      strides: [stride, stride],
      dilations: [1, 1],
      pads: [pad, pad, pad, pad],
      groups,
    } as const
    return g.emit('conv', [from, w], window)
  }
  const relu = (from: Value) => g.emit('relu', [from], {})
  const stem = conv(x, [32, 3])
  const first = relu(stem)
  const own = relu(conv(first, [32, 3], 1, 32))
  const square = relu(conv(own, [32, 3]))
  const sum = relu(g.add(conv(square, [32, 1]), first))
  const half = g.emit('maxPool', [sum], halving)
  const quarter = relu(conv(relu(conv(half, [32, 5], 2, 32)), [16, 1]))
  const logits = g.emit('reduceMean', [quarter], { axes: [2, 3], keepDims: false })
  const gradient = differentiate(g.build([logits]), { output: logits, wrt: [x, stem], keep: [logits] })
  const all = new GraphBuilder()
  all.include(gradient)
  const total = all.input('total', totalShape(stem.shape))
  const [scores = logits, atPicture = logits, atStem = logits] = gradient.outputs
  return simplify(all.build([scores, atPicture, all.emit('accumulate', [total, atStem], {})]))
}

const BATCH = 3

describe('steps over large pictures', () => {
  it('give the bits of single samples, and add them up in their order', () => {
    const graph = netOf(64)
    const backend = wasmBackend()
    const pictures = numbers([BATCH, 3, 64, 64], 1)
    const cotangents = numbers([BATCH, 16], 2)
    const first = numbers([1, 64, 64, 32], 3)
    const [logits, gradients, total] = backend.compile(graph, BATCH).run([pictures, cotangents, first])
    let sum = first
    const single = backend.compile(graph, 1)
    const partOf = ({ shape: [, ...rest], data }: Tensor, i: number): Tensor =>
      tensor([1, ...rest], data.slice(i * sizeOf(rest), (i + 1) * sizeOf(rest)))
    for (let i = 0; i < BATCH; i++) {
      const [own, gradient, next = sum] = single.run([partOf(pictures, i), partOf(cotangents, i), sum])
      expect(own).toEqual(logits && partOf(logits, i))
      expect(gradient).toEqual(gradients && partOf(gradients, i))
      sum = next
    }
    expect(total).toEqual(sum)
  })

  const kernelsOf = (graph: Graph) =>
    planGraph(bindBatch(graph, BATCH)).steps.map(({ kernel, args: { batch } }) =>
      batch ? `${kernel} ${batch}` : kernel,
    )

  it('come two samples at a time, and those over small pictures for all', () => {
    const forward = ['conv', 'depthwise', 'winograd', 'conv', 'pool']
    const backward = ['poolGrad', 'conv', 'winograd', 'depthwise', 'narrow', 'accumulate']
    const over = (samples: number, kernels: readonly string[]) =>
      kernels.map((kernel) => `${kernel} ${samples}`)
    expect(kernelsOf(netOf(64))).toEqual([
      ...['fill', 'copy', ...over(2, forward), ...over(1, forward)],
      ...['depthwise 3', 'conv 3', 'reduce', 'binary', 'copy', 'binary', 'conv 3', 'depthwise 3'],
      ...[...over(2, backward), ...over(1, backward), 'copy'],
    ])
  })

  it('look for zeros one sample after the other, also where small pictures lie side by side', () => {
    const g = new GraphBuilder()
    const x = g.input('x', [BATCH, 64, 32, 32])
    const window = { strides: [1, 1], dilations: [1, 1], pads: [0, 0, 0, 0], groups: 1 } as const
    const conv = (from: Value, seed: number) => {
      const w = g.constant(numbers([64, 64, 1, 1], seed))
      return g.emit('relu', [g.emit('conv', [from, w], window)], {})
    }
    const half = g.emit('maxPool', [conv(conv(x, 1), 2)], halving)
    const { steps } = planGraph(g.build([conv(half, 3)]))
    const orders = steps.flatMap(({ kernel, args: { batch, sparse } }) =>
      kernel === 'conv' ? `batch ${batch}, sparse ${sparse}` : [],
    )
    expect(orders).toEqual([
      ...['batch 2, sparse 0', 'batch 2, sparse 1'],
      ...['batch 1, sparse 0', 'batch 1, sparse 1'],
      'batch 3, sparse 2',
    ])
  })

  it('come one by one where two would take much room', () => {
    const kernels = kernelsOf(netOf(224))
    expect(kernels.filter((kernel) => kernel === 'winograd 1')).toHaveLength(2 * BATCH)
    expect(kernels).not.toContain('winograd 2')
  })

  it('come one by one from a smaller size on where no weights are transformed for each', () => {
    const kernelsAt = (side: number, size: number) => {
      const g = new GraphBuilder()
      const x = g.input('x', [N, 32, side, side])
      const conv = (from: Value, window: number) => {
        const w = g.constant(numbers([32, 32, window, window], window))
        const pad = window >> 1
        const attributes = {
          strides: [1, 1],
          dilations: [1, 1],
          pads: [pad, pad, pad, pad],
          groups: 1,
        } as const
        return g.emit('conv', [from, w], attributes)
      }
      return kernelsOf(g.build([conv(conv(x, 1), size)])).filter((kernel) => / [12]$/.test(kernel))
    }
    const side = 160
    expect(kernelsAt(side, 1)).toEqual(Array.from({ length: BATCH }, () => ['conv 1', 'conv 1']).flat())
    expect(kernelsAt(side, 3)).toEqual(['conv 2', 'winograd 2', 'conv 1', 'winograd 1'])
    expect(kernelsAt(side / 2, 1)).toEqual(['conv 2', 'conv 2', 'conv 1', 'conv 1'])
  })

  it('begin anew where a step reads for all samples what the ones before have written', () => {
    const g = new GraphBuilder()
    const x = g.input('x', [BATCH, 32, 64, 64])
    const total = g.input('total', [1, 64, 64, 32])
    const conv = (filters: number, seed: number, stride = 1, bias?: Value) => {
      const w = g.constant(numbers([filters, 32, 1, 1], seed))
      const window = { strides: [stride, stride], dilations: [1, 1], pads: [0, 0, 0, 0], groups: 1 } as const
      return g.emit('conv', bias ? [x, w, bias] : [x, w], window)
    }
    const twice = g.emit('accumulate', [g.emit('accumulate', [total, conv(32, 1)], {}), conv(32, 2)], {})
    const biased = conv(2 * BATCH, 3, 1, g.reshape(conv(2, 4, 64), [2 * BATCH]))
    const graph = g.build([twice, biased])
    const inputs = [numbers([BATCH, 32, 64, 64], 4), numbers([1, 64, 64, 32], 5)]
    const actual = wasmBackend().compile(graph, BATCH).run(inputs)
    referenceBackend
      .compile(graph, BATCH)
      .run(inputs)
      .forEach((expected, i) => {
        expect(actual[i]).toBeClose(expected, { relative: 1e-5 })
      })
  })

  it('take the room of two samples, and of what each leaves for its gradient', () => {
    const bytesOf = (batch: number) => planGraph(bindBatch(netOf(112), batch)).arenaBytes
    const picture = 4 * 112 * 112 * 32
    // with what a sample leaves for its gradient: what is pooled, bits, the picture itself and its gradient
    expect(bytesOf(8)).toBeLessThan(8 * 2.5 * picture)
  })

  it('stay as they are over small pictures', () => {
    const plan = planGraph(bindBatch(netOf(32), BATCH))
    for (const { args } of plan.steps) if ('batch' in args) expect(args.batch).toBe(BATCH)
  })
})
