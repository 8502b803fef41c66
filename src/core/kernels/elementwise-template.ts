import { binaryOps, unaryOps } from './list.ts'
import { storedDown } from './template.ts'

/**
 * Loops of the elementwise kernels over one row, one per op: two vectors at a time where each operand is contiguous or a
 * single value, lane by lane otherwise and at the end.
 */

/**
 * Ops that are functions of many instructions, called for one vector at a time. The revectorizer of Node 26.10 must not see
 * two neighbouring stores that come from calls, lane insertions or v128 parameters: it ends the process.
 */
const calls: readonly string[] = ['log', 'erf', 'gelu', 'pow']

const each = (operands: readonly string[], line: (operand: string) => string, glue: string): string =>
  operands.map(line).join(glue)

function rowLoop(
  name: string,
  operands: readonly string[],
  pairs: boolean,
  call: (...values: string[]) => string,
): string {
  const vectors = pairs ? [0, 1] : [0]
  const step = vectors.length * 4
  const perVector = (line: (vector: number) => string) => vectors.map((vector) => `      ${line(vector)}`)
  const lines = (indent: number, line: (operand: string) => string) =>
    each(operands, (operand) => `${' '.repeat(indent)}${line(operand)}`, '\n')
  const at = (suffix: string) => call(...operands.map((operand) => `${operand}${suffix}`))
  return `
function ${name}(${each(operands, (o) => `${o}: usize, ${o}Stride: i32`, ', ')}, out: usize, count: i32, pValue: f32, qValue: f32): void {
  const p = f32x4.splat(pValue)
  const q = f32x4.splat(qValue)
  let left = count
  if (count >= ${step} && ${each(operands, (o) => `<u32>${o}Stride <= 1`, ' && ')}) {
${lines(4, (o) => `let ${o}Row = ${o}Stride ? ${o} : splatRow(${operands.indexOf(o)}, ${o})`)}
${lines(4, (o) => `const ${o}Step = ${o}Stride * ${step * 4}`)}
    for (; left >= ${step}; left -= ${step}) {
${operands.flatMap((o) => perVector((v) => `const ${o}${v} = v128.load(${o}Row, ${v * 16})`)).join('\n')}
${perVector((v) => `const y${v} = ${at(`${v}`)}`).join('\n')}
${storedDown(perVector((v) => `v128.store(out, y${v}, ${v * 16})`)).join('\n')}
${lines(6, (o) => `${o}Row += ${o}Step`)}
      out += ${step * 4}
    }
${lines(4, (o) => `if (${o}Stride) ${o} = ${o}Row`)}
  }
  for (; left > 0; left--) {
${lines(4, (o) => `const ${o}0 = v128.load32_splat(${o})`)}
    v128.store32_lane(out, ${at('0')}, 0)
${lines(4, (o) => `${o} += ${o}Stride << 2`)}
    out += 4
  }
}
`
}

function family(name: string, table: string, ops: readonly string[], operands: readonly string[]): string {
  const loop = (op: string) => `${name}${op.replace(/^./, (c) => c.toUpperCase())}`
  const passed = each(operands, (o) => `${o}, ${o}Stride`, ', ')
  return `${ops.map((op) => rowLoop(loop(op), operands, !calls.includes(op), (...values) => `${table}.${op}(${values.join(', ')}, p, q)`)).join('')}
/** One row of the ${name} kernel. */
export function ${name}Row(op: i32, ${each(operands, (o) => `${o}: usize, ${o}Stride: i32`, ', ')}, out: usize, count: i32, p: f32, q: f32): void {
  switch (op) {
${ops.map((op, code) => `    case ${code}:\n      ${loop(op)}(${passed}, out, count, p, q)\n      break`).join('\n')}
  }
}
`
}

/** `unaryRow`, `binaryRow` and `selectRow`, with the ops' codes from the list. */
export function elementwiseKernels(): string {
  return `import * as binaryTable from '../binary-ops'
import { choose } from '../select-op'
import { splatRow } from '../scratch'
import * as unaryTable from '../unary-ops'
${family('unary', 'unaryTable', unaryOps, ['x'])}${family('binary', 'binaryTable', binaryOps, ['a', 'b'])}
export ${rowLoop('selectRow', ['condition', 'a', 'b'], true, (condition, a, b) => `choose(${condition}, ${a}, ${b})`).trimStart()}`
}
