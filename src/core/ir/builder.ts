import { CoreError } from '../errors.ts'
import { inferOutput } from '../ops/index.ts'
import type { AnyNode, AttrsOf, Graph, InputsOf, Node, OpName, Value, ValueType } from './graph.ts'
import { type Shape, sameShape } from './shape.ts'
import { scalar, type Tensor } from './tensor.ts'

/** Appends nodes in SSA order and infers their shapes. All graphs, also those of passes and gradients, come from here. */
export class GraphBuilder {
  readonly #inputs: Value[] = []
  readonly #constants = new Map<Value, Tensor>()
  readonly #nodes: AnyNode[] = []
  readonly #producers = new Map<Value, AnyNode>()

  input(name: string, shape: Shape, dtype: Value['dtype'] = 'float'): Value {
    const value = { name, shape, dtype }
    this.#inputs.push(value)
    return value
  }

  /** An input that is the same in all runs of a fold. */
  heldInput(name: string, shape: Shape): Value {
    return this.addInput({ name, shape, dtype: 'float', isHeld: true })
  }

  /** Takes over an input of another graph as it is. */
  addInput(value: Value): Value {
    this.#inputs.push(value)
    return value
  }

  constant(data: Tensor, name = ''): Value {
    const value = { name, shape: data.shape, dtype: data.dtype }
    this.#constants.set(value, data)
    return value
  }

  /** Takes over a constant of another graph, so that equal weights stay one object. */
  addConstant(value: Value, data: Tensor): Value {
    this.#constants.set(value, data)
    return value
  }

  scalar(value: number): Value {
    return this.constant(scalar(value))
  }

  emit<K extends OpName>(op: K, inputs: InputsOf<K, Value>, attrs: AttrsOf<K>, name = ''): Value {
    const type: ValueType = inferOutput(op, inputs, attrs)
    const output: Value = { name, shape: type.shape, dtype: type.dtype }
    this.append({ op, inputs, attrs, output })
    return output
  }

  /** Appends a node as it is, its output included. */
  append<K extends OpName>(node: Node<K>): void {
    // A Node<K> of an op K is one of AnyNode's members; TypeScript does not see through the generic.
    const any = node as unknown as AnyNode
    this.#nodes.push(any)
    this.#producers.set(node.output, any)
  }

  /** Takes over another graph's inputs, constants and nodes as they are. */
  include({ inputs, constants, nodes }: Omit<Graph, 'outputs'>): void {
    for (const value of inputs) this.addInput(value)
    for (const [value, data] of constants) this.addConstant(value, data)
    for (const node of nodes) this.append(node)
  }

  /** The value just emitted, under another name; nothing may read it yet. Constants and inputs stay as they are. */
  rename(value: Value, name: string): Value {
    const last = this.#nodes.at(-1)
    if (last?.output !== value) return value
    const renamed = { ...value, name }
    this.#nodes.pop()
    this.#producers.delete(value)
    this.append({ ...last, output: renamed })
    return renamed
  }

  /** How many nodes there are. */
  get size(): number {
    return this.#nodes.length
  }

  constantOf(value: Value): Tensor | undefined {
    return this.#constants.get(value)
  }

  producerOf(value: Value): AnyNode | undefined {
    return this.#producers.get(value)
  }

  add(a: Value, b: Value): Value {
    return this.emit('add', [a, b], {})
  }
  sub(a: Value, b: Value): Value {
    return this.emit('sub', [a, b], {})
  }
  mul(a: Value, b: Value): Value {
    return this.emit('mul', [a, b], {})
  }
  div(a: Value, b: Value): Value {
    return this.emit('div', [a, b], {})
  }
  neg(a: Value): Value {
    return this.emit('neg', [a], {})
  }
  reduceSum(x: Value, axes: readonly number[], keepDims: 'keep' | 'drop'): Value {
    return axes.length === 0 ? x : this.emit('reduceSum', [x], { axes, keepDims: keepDims === 'keep' })
  }
  reshape(x: Value, shape: Shape): Value {
    return sameShape(x.shape, shape) ? x : this.emit('reshape', [x], { shape })
  }
  expand(x: Value, shape: Shape): Value {
    return sameShape(x.shape, shape) ? x : this.emit('expand', [x], { shape })
  }
  transpose(x: Value, perm: readonly number[]): Value {
    return perm.every((p, i) => p === i) ? x : this.emit('transpose', [x], { perm })
  }

  /** The finished graph. Throws `graph` when an output was never defined here. */
  build(outputs: readonly Value[]): Graph {
    for (const output of outputs)
      if (!this.#producers.has(output) && !this.#constants.has(output) && !this.#inputs.includes(output))
        throw new CoreError('graph', `output ${output.name || '(unnamed)'} is not defined in this graph`)
    return { inputs: this.#inputs, constants: this.#constants, nodes: this.#nodes, outputs }
  }
}
