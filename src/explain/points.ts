import type { Backend } from '../core/backend.ts'
import type { GraphBuilder } from '../core/ir/builder.ts'
import type { Value } from '../core/ir/graph.ts'
import { type Tensor, tensor } from '../core/ir/tensor.ts'
import { halvesOf } from '../core/kernels/normal.ts'
import { totalShape } from '../core/ops/accumulate.ts'
import { alone, stack } from './batches.ts'
import { asPrecision, channelsLast, sub } from './tensor.ts'

type Precision = Backend['precision']

/** How a graph comes by the points of a batch; all graphs of one form are the same. */
export interface PointForm {
  readonly name: string
  /** Declares the inputs from which the points (N,C,H,W) are made, and appends the node that computes `point`. */
  readonly make: (g: GraphBuilder, point: Value) => void
}

/** Inputs of a model at which its gradient is asked for, made inside the run from less than they take. */
export interface Points {
  readonly form: PointForm
  readonly count: number
  /** what the graph takes for the points [begin, end) */
  readonly inputs: (begin: number, end: number, precision: Precision) => readonly Tensor[]
  /** Of points on a line: their images under an affine map, which takes the line's ends (C,H,W) to (1,H,W,C). */
  readonly imagesUnder?: (map: (x: Tensor) => Tensor) => Points
}

/** The points are the graph's input. */
export const givenForm: PointForm = { name: 'given', make: (g, point) => g.addInput(point) }

/** The points themselves, each (C,H,W). */
export const given = (points: readonly Tensor[]): Points => ({
  form: givenForm,
  count: points.length,
  inputs: (begin, end, precision) => [stack(points.slice(begin, end), precision)],
})

const noisyForm: PointForm = {
  name: 'noisy',
  make(g, point) {
    const [batch = 1, ...sample] = point.shape
    const x = g.heldInput('x', [1, ...sample])
    const sigma = g.heldInput('sigma', [1])
    const z = g.emit('normal', [g.input('keys', [batch, 2])], { shape: sample })
    g.append({ op: 'add', inputs: [x, g.mul(z, sigma)], attrs: {}, output: point })
  },
}

/** x + σ·z for each key, z standard normal and fixed by the key (a whole number below 2³²). x: (C,H,W). */
export const noisy = (x: Tensor, sigma: number, keys: readonly number[]): Points => ({
  form: noisyForm,
  count: keys.length,
  inputs: (begin, end, precision) => {
    const halves = keys.slice(begin, end).flatMap(halvesOf)
    const numbers = [tensor([1], [sigma]), tensor([end - begin, 2], halves)]
    return [alone(x), ...numbers].map((input) => asPrecision(input, precision))
  },
})

const betweenForm: PointForm = {
  name: 'between',
  make(g, point) {
    const shape = totalShape(point.shape)
    const [from, way] = [g.heldInput('from', shape), g.heldInput('way', shape)]
    const shares = g.input('shares', point.shape.slice(0, 1))
    g.append({ op: 'interpolate', inputs: [from, way, shares], attrs: {}, output: point })
  },
}

/** from + α·(to − from) for each share α. from, to: (C,H,W). */
export const between = (from: Tensor, to: Tensor, shares: readonly number[]): Points => ({
  ...onLine(channelsLast(from), channelsLast(to), shares),
  imagesUnder: (map) => onLine(map(from), map(to), shares),
})

/** from, to: (1,H,W,C) */
function onLine(from: Tensor, to: Tensor, shares: readonly number[]): Points {
  const way = sub(to, from)
  return {
    form: betweenForm,
    count: shares.length,
    inputs: (begin, end, precision) =>
      [from, way, tensor([end - begin], shares.slice(begin, end))].map((input) =>
        asPrecision(input, precision),
      ),
  }
}
