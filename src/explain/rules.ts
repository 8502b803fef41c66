import type { Rule } from '../core/autodiff/differentiate.ts'
import type { GraphBuilder } from '../core/ir/builder.ts'
import type { AnyNode, Value } from '../core/ir/graph.ts'
import type { Explained } from './method.ts'

/** The upper bound of a ReLU, however it was written: relu, or clip(0, hi) with hi > 0, as ReLU6. */
function reluBound(node: AnyNode): number | undefined {
  if (node.op === 'relu') return Infinity
  return node.op === 'clip' && node.attrs.min === 0 && node.attrs.max > 0 ? node.attrs.max : undefined
}

const reluRule = (
  name: string,
  through: (g: GraphBuilder, ct: Value, y: Value, hi: number) => Value,
): Rule => ({
  name,
  match: (node) => reluBound(node) !== undefined,
  vjp: (g, node, ct) => [() => through(g, ct, node.output, reluBound(node) ?? Infinity)],
})

/** ct ↦ 1[0<z<hi]·max(ct,0) at every ReLU: only what raised the output and arrives positive goes on. Springenberg 2015. */
export const guidedRules: readonly Rule[] = [
  reluRule('guided-relu', (g, ct, y, hi) => g.emit('gate', [g.emit('relu', [ct], {}), y], { lo: 0, hi })),
]

/** ct ↦ max(ct,0) at every ReLU, without looking at the forward pass. Zeiler & Fergus 2014. */
export const deconvnetRules: readonly Rule[] = [
  reluRule('deconvnet-relu', (g, ct) => g.emit('relu', [ct], {})),
]

/** What to say when a model has nothing that the rules change. */
export const reluWarnings = (F: Explained, rules: readonly Rule[]): readonly string[] =>
  F.matches(rules) ? [] : ['the model has no ReLU (or clip from 0): the map is the plain gradient']
