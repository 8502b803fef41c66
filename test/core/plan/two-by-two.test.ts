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

interface Window {
  readonly filters: number
  readonly size: number
  /** of the weights */
  readonly seed: number
  readonly stride?: number
  readonly groups?: number
  readonly bias?: Value
}

/** A convolution over as many pixels, where its stride is 1. */
function conv(
  g: GraphBuilder,
  from: Value,
  { filters, size, seed, stride = 1, groups = 1, bias }: Window,
): Value {
  const w = g.constant(numbers([filters, (from.shape[1] ?? 1) / groups, size, size], seed))
  const pad = size >> 1
  return g.emit('conv', bias ? [from, w, bias] : [from, w], {
    strides: [stride, stride],
    dilations: [1, 1],
    pads: [pad, pad, pad, pad],
    groups,
  })
}

/** (picture, cotangent, total) ↦ logits, their gradients at the picture, total + those after the first convolution. */
function netOf(side: number): Graph {
  const g = new GraphBuilder()
  const x = g.input('x', [N, 3, side, side])
  const relu = (from: Value) => g.emit('relu', [from], {})
  const stem = conv(g, x, { filters: 32, size: 3, seed: 0 })
  const first = relu(stem)
  const own = relu(conv(g, first, { filters: 32, size: 3, seed: 1, groups: 32 }))
  const square = relu(conv(g, own, { filters: 32, size: 3, seed: 2 }))
  const sum = relu(g.add(conv(g, square, { filters: 32, size: 1, seed: 3 }), first))
  const half = g.emit('maxPool', [sum], halving)
  const wide = relu(conv(g, half, { filters: 32, size: 5, seed: 4, stride: 2, groups: 32 }))
  const quarter = relu(conv(g, wide, { filters: 16, size: 1, seed: 5 }))
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
    const layer = (from: Value, seed: number) =>
      g.emit('relu', [conv(g, from, { filters: 64, size: 1, seed })], {})
    const half = g.emit('maxPool', [layer(layer(x, 1), 2)], halving)
    const { steps } = planGraph(g.build([layer(half, 3)]))
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
      const first = conv(g, x, { filters: 32, size: 1, seed: 1 })
      const second = conv(g, first, { filters: 32, size, seed: 2 })
      return kernelsOf(g.build([second])).filter((kernel) => / [12]$/.test(kernel))
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
    const once = g.emit('accumulate', [total, conv(g, x, { filters: 32, size: 1, seed: 1 })], {})
    const twice = g.emit('accumulate', [once, conv(g, x, { filters: 32, size: 1, seed: 2 })], {})
    const sums = conv(g, x, { filters: 2, size: 1, seed: 4, stride: 64 })
    const bias = g.reshape(sums, [2 * BATCH])
    const biased = conv(g, x, { filters: 2 * BATCH, size: 1, seed: 3, bias })
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
