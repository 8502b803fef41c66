import type { Graph } from '../ir/graph.ts'
import { canonicalize } from './canonicalize.ts'
import { commonSubexpressions } from './common-subexpressions.ts'
import { deadCode } from './dead-code.ts'
import { foldBatchNorm } from './fold-batch-norm.ts'
import { foldConstants } from './fold-constants.ts'
import { gateBeforePool } from './gate-before-pool.ts'

/** An imported graph in the form that rules, gradients and kernels expect. */
export const canonical = (graph: Graph): Graph =>
  deadCode(commonSubexpressions(canonicalize(foldBatchNorm(foldConstants(graph)))))

/** After `differentiate`: weights that rules changed are folded, gates are small, what two gradients share is computed once. */
export const simplify = (graph: Graph): Graph =>
  deadCode(commonSubexpressions(gateBeforePool(foldConstants(graph))))
