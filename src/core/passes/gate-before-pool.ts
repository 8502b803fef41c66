import type { Graph } from '../ir/graph.ts'
import { rewrite } from './rewrite.ts'

/**
 * gate(maxPoolGrad(ct, x), x) = maxPoolGrad(gate(ct, maxPool(x)), x): what a gate by x lets through at the maximum of a window,
 * it lets through by that maximum. The gate is as small as the pool's output then, and the end of the kernel that computes ct.
 */
export const gateBeforePool = (graph: Graph): Graph =>
  rewrite(graph, (g, node) => {
    if (node.op !== 'gate') return undefined
    const [routed, x] = node.inputs
    const pool = g.producerOf(routed)
    if (pool?.op !== 'maxPoolGrad' || pool.inputs[1] !== x) return undefined
    const pooled = g.emit('maxPool', [x], pool.attrs)
    return g.emit('maxPoolGrad', [g.emit('gate', [pool.inputs[0], pooled], node.attrs), x], pool.attrs)
  })
