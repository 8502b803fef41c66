import type { Value } from '../../core/ir/graph.ts'
import type { Call, Translator, Translators } from './call.ts'

type Unary = 'neg' | 'abs' | 'sign' | 'sqrt' | 'exp' | 'log' | 'erf'
type Binary = 'add' | 'sub' | 'mul' | 'div' | 'pow' | 'equal'

const unary =
  (op: Unary): Translator =>
  ({ g, x }) =>
    g.emit(op, [x], {})
const binary =
  (op: Binary): Translator =>
  (call) =>
    call.g.emit(op, [call.input(0), call.input(1)], {})

const sum = ({ g, all }: Call): Value => all.reduce((a, b) => g.add(a, b))

export const arithmetic: Translators = {
  Neg: unary('neg'),
  Abs: unary('abs'),
  Sign: unary('sign'),
  Sqrt: unary('sqrt'),
  Exp: unary('exp'),
  Log: unary('log'),
  Erf: unary('erf'),
  Add: binary('add'),
  Sub: binary('sub'),
  Mul: binary('mul'),
  Div: binary('div'),
  Pow: binary('pow'),
  Equal: binary('equal'),
  Reciprocal: ({ g, x }) => g.div(g.scalar(1), x),
  Sum: sum,
  Mean: (call) => call.g.mul(sum(call), call.g.scalar(1 / call.all.length)),
  Where: (call) => call.g.emit('where', [call.input(0), call.input(1), call.input(2)], {}),
}
