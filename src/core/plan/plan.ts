import { CoreError } from '../errors.ts'
import { isFiniteTensor } from '../ir/finite.ts'
import { constantCount, type Graph, type InputsOf, type Node, type OpName, type Value } from '../ir/graph.ts'
import { type Shape, sizeOf } from '../ir/shape.ts'
import type { Tensor } from '../ir/tensor.ts'
import type { KernelName } from '../kernels/list.ts'
import { ops } from '../ops/index.ts'
import { Assembly, type EmittedStep, resolveAlias } from './assembly.ts'
import { comparedValues } from './compared.ts'
import { takesEnding, withEnding } from './ending.ts'
import { type Epilogue, fuseEpilogues } from './fuse.ts'
import { layoutsCoincide, physicalStrides } from './layout.ts'
import type { Layout, Lowering, LoweringContext, PackedRef, Packing, Ref, Step, StepArg } from './lowering.ts'
import { type Bounds, maskedValues, takesMasks } from './masks.ts'
import { packedLength } from './packing.ts'
import { SharedWeights } from './shared-weights.ts'
import { withoutZeros } from './sparse.ts'
import { copyStep, packStep } from './strided.ts'
import { twoByTwo } from './two-by-two.ts'

/** A constant as the kernels want it: row-major, channels-last, or packed into tiles. */
export interface PlannedConstant {
  readonly data: Tensor
  readonly value: Value
  readonly form: { readonly layout: Layout } | { readonly packing: Packing }
}
/** Where an operand is, in bytes: in the run's arena, or in a constant by its index. */
export type Address = { readonly arena: number } | { readonly constant: number; readonly offset: number }
export type PlannedArg = number | readonly number[] | Address
export interface PlannedStep {
  readonly kernel: KernelName
  /** every field of the kernel's struct */
  readonly args: Readonly<Record<string, PlannedArg>>
  /** the node that it computes, for profiles and printing */
  readonly label: string
}
/** Row-major f32 numbers of a graph input or output, at a byte offset of the arena. */
export interface Placement {
  readonly name: string
  /** of an input: its bytes are still there after the run */
  readonly isHeld: boolean
  readonly shape: Shape
  readonly offset: number
}
/** The steps of a graph for one batch size. Plain data: addresses are bound to a memory by the executor. */
export interface Plan {
  readonly steps: readonly PlannedStep[]
  readonly constants: readonly PlannedConstant[]
  readonly inputs: readonly Placement[]
  readonly outputs: readonly Placement[]
  readonly arenaBytes: number
  /** the sum of all buffers, to compare with the arena */
  readonly bufferBytes: number
}

/** Plans a graph without free dimensions whose composite ops are gone. Throws `unsupported` for ops that should have been folded. */
export function planGraph(graph: Graph): Plan {
  const { fusions, absorbed } = fuseEpilogues(graph)
  const planner = new Planner(graph, maskedValues(fusions))
  for (const node of graph.nodes) {
    if (absorbed.has(node)) continue
    const fusion = fusions.get(node)
    if (fusion) planner.lowerFused(fusion.root, fusion.epilogue, fusion.output)
    else planner.lower(node)
  }
  return planner.finish()
}

class Planner implements LoweringContext {
  readonly #graph: Graph
  readonly #compared: ReadonlySet<Value>
  /** values of which a mask is wanted, and the masks that are made */
  readonly #masked: ReadonlyMap<Value, Bounds>
  readonly #masks = new Map<Value, Value>()
  readonly #layouts = new Map<Value, Layout>()
  readonly #converted = new Map<Value, Partial<Record<Layout, Value>>>()
  /** values that are another value's bytes */
  readonly #aliases = new Map<Value, Value>()
  readonly #constantForms = new Map<Value, { source: Value; layout: Layout }>()
  readonly #steps: EmittedStep[] = []
  readonly #weights: SharedWeights
  #label = ''

  constructor(graph: Graph, masked: ReadonlyMap<Value, Bounds>) {
    this.#graph = graph
    this.#masked = masked
    this.#weights = new SharedWeights(constantCount(graph))
    this.#compared = comparedValues(graph)
  }

  layout(value: Value): Layout {
    return this.#layouts.get(value) ?? 'row-major'
  }

  strides(value: Value): readonly number[] {
    return physicalStrides(value.shape, this.layout(value))
  }

  ref(value: Value, offset = 0): Ref {
    return { value, offset }
  }

  temporary(shape: Shape): Value {
    return { name: '', shape, dtype: 'float' }
  }

  lower<K extends OpName>(node: Node<K>): void {
    this.#label = `${node.op} ${node.output.name}`.trim()
    const { lower } = ops[node.op]
    switch (lower.kind) {
      case 'alias':
        this.#alias(node.output, this.#as(inputAt(node, 0), 'row-major'))
        break
      case 'steps': {
        const prepared = this.#prepare(node, lower)
        this.#emit(lower.steps(prepared, this))
        break
      }
      default:
        throw new CoreError('unsupported', `${this.#label} has no kernel: it should have been folded away`)
    }
  }

  /** Lowers the root, then lets its last step end in the epilogue and write the group's output. */
  lowerFused<K extends OpName>(root: Node<K>, epilogue: Epilogue, output: Value): void {
    const { lower } = ops[root.op]
    if (lower.kind !== 'steps') throw new CoreError('graph', `${root.op} cannot end in an epilogue`)
    this.#label = `${root.op} ${output.name}`.trim()
    const prepared = this.#prepare({ ...root, output }, lower)
    const layout = this.layout(output)
    const steps = lower.steps(prepared, this)
    const last = steps.at(-1)
    if (!last || !takesEnding(last))
      throw new CoreError('graph', `${root.op} does not end in a kernel that takes an epilogue`)
    const { addend, clamp, gate } = epilogue
    const refTo = (value: Value) => this.ref(this.#as(value, layout))
    const mask = gate && takesMasks(last) ? this.#masks.get(gate.y) : undefined
    const ending = {
      ...(addend ? { addend: refTo(addend) } : {}),
      clampMin: clamp.min,
      clampMax: clamp.max,
      ...(gate && !mask ? { gate: refTo(gate.y), gateMin: gate.lo, gateMax: gate.hi } : {}),
      ...(mask ? { gateBits: this.ref(mask) } : {}),
      ...(gate ? {} : this.#maskEnding(last, output)),
    }
    this.#emit([...steps.slice(0, -1), withEnding(last, ending)])
  }

  /** Lets a step write the mask that backward steps want of its output. */
  #maskEnding(step: Step, output: Value): { maskBits?: Ref; gateMin?: number; gateMax?: number } {
    const bounds = this.#masked.get(output)
    if (!bounds || !takesMasks(step)) return {}
    const mask = this.temporary([Math.ceil(sizeOf(output.shape) / 32)])
    this.#masks.set(output, mask)
    return { maskBits: this.ref(mask), gateMin: bounds.lo, gateMax: bounds.hi }
  }

  /** The node with its inputs in the layouts that its lowering wants; sets the output's layout. */
  #prepare<K extends OpName>(
    node: Node<K>,
    { layout: wanted, rowMajor = [], asTheyAre = () => [] }: StepsLowering<K>,
  ): Node<K> {
    const layout =
      wanted === 'follow' ? this.#leadingLayout(node, rowMajor) : wanted === 'any' ? 'row-major' : wanted
    const untouched = asTheyAre(node)
    const inputs = node.inputs.map((v: Value | undefined, i) => {
      if (!v || untouched.includes(i) || (wanted === 'any' && !rowMajor.includes(i))) return v
      const fits =
        !rowMajor.includes(i) && v.shape.length >= 3 && (wanted !== 'follow' || sameRank(v, node.output))
      return this.#as(v, fits ? layout : 'row-major')
    })
    if (!this.#layouts.has(node.output))
      this.#layouts.set(node.output, node.output.shape.length >= 3 ? layout : 'row-major')
    // Mapping a tuple keeps its length and optional places, which TypeScript does not follow.
    return { ...node, inputs: inputs as unknown as InputsOf<K, Value> }
  }

  /** The layout of the first computed operand for which it matters; channels-last where a picture is only made here. */
  #leadingLayout(
    node: { inputs: readonly (Value | undefined)[]; output: Value },
    rowMajor: readonly number[],
  ): Layout {
    const leader = node.inputs.find(
      (v, i) =>
        v &&
        !rowMajor.includes(i) &&
        sameRank(v, node.output) &&
        !layoutsCoincide(v.shape) &&
        !this.#graph.constants.has(v),
    )
    if (leader) return this.layout(leader)
    return node.output.shape.length === 4 ? 'channels-last' : 'row-major'
  }

  /** The same numbers in `layout`: the value itself, other bytes of a constant, an alias, or a copy made here. */
  #as(value: Value, layout: Layout): Value {
    if (this.layout(value) === layout) return value
    const forms = this.#converted.get(value) ?? {}
    const known = forms[layout]
    if (known) return known
    const converted: Value = { ...value }
    this.#layouts.set(converted, layout)
    this.#converted.set(value, { ...forms, [layout]: converted })
    if (this.#graph.constants.has(value)) this.#constantForms.set(converted, { source: value, layout })
    else if (layoutsCoincide(value.shape)) this.#alias(converted, value)
    else this.#steps.push({ step: copyStep(this, value, converted), label: `relayout ${value.name}`.trim() })
    return converted
  }

  #alias(value: Value, of: Value): void {
    this.#aliases.set(value, of)
    if (!this.#layouts.has(value)) this.#layouts.set(value, 'row-major')
  }

  #emit(steps: readonly Step[]): void {
    for (const step of steps) {
      const packed = Object.values(step.args).find(isPacked)
      this.#steps.push({ step: packed ? this.#withWeights(step, packed) : step, label: this.#label })
    }
  }

  #withWeights(step: Step, packed: PackedRef): Step {
    return this.isConstant(packed.source)
      ? this.#weights.share(step, resolveAlias(this.#aliases, packed.source))
      : this.#packAtRunTime(step, packed)
  }

  isCompared(value: Value): boolean {
    return this.#compared.has(value)
  }

  isConstant(value: Value): boolean {
    return this.#graph.constants.has(resolveAlias(this.#aliases, value))
  }

  /** Weights that are computed (a product of two activations) are packed by a step of their own. */
  #packAtRunTime(step: Step, { source, packing }: PackedRef): Step {
    const packed = this.temporary([packedLength(packing)])
    const w = this.#as(source, 'row-major')
    this.#steps.push({ step: packStep(this, w, packing, packed), label: this.#label })
    switch (step.kernel) {
      case 'conv':
        return { ...step, args: { ...step.args, w: this.ref(packed) } }
      case 'narrow':
        return { ...step, args: { ...step.args, w: this.ref(packed) } }
      case 'depthwise':
        return { ...step, args: { ...step.args, w: this.ref(packed) } }
      default:
        throw new CoreError('graph', `${step.kernel} takes no packed weights`)
    }
  }

  finish(): Plan {
    this.#label = 'output'
    const outputs = this.#graph.outputs.map((value) => this.#materialized(value))
    const resolve = (value: Value): Value => resolveAlias(this.#aliases, value)
    const kept = new Set([...this.#graph.inputs, ...outputs].map(resolve))
    const sparse = withoutZeros(this.#steps, resolve, (w) => this.#isFinite(w))
    const steps = twoByTwo(sparse, resolve, kept)
    return new Assembly(this.#graph, steps, this.#aliases, this.#constantForms).assemble(
      this.#graph.inputs,
      outputs,
    )
  }

  /** Whether weights are known to be finite. */
  #isFinite(w: StepArg): boolean {
    if (!w || !isPacked(w)) return false
    const constant = this.#graph.constants.get(resolveAlias(this.#aliases, w.source))
    return constant !== undefined && isFiniteTensor(constant)
  }

  /** A row-major buffer for a graph output; constants and inputs that are outputs are copied to one. */
  #materialized(value: Value): Value {
    const rowMajor = this.#as(value, 'row-major')
    const origin = resolveAlias(this.#aliases, rowMajor)
    const isFixed =
      this.#graph.constants.has(origin) ||
      this.#constantForms.has(origin) ||
      this.#graph.inputs.includes(origin)
    if (!isFixed) return rowMajor
    const copy: Value = { ...value }
    this.#emit([copyStep(this, rowMajor, copy)])
    return copy
  }
}

type StepsLowering<K extends OpName> = Extract<Lowering<K>, { kind: 'steps' }>

const sameRank = (a: Value, b: Value): boolean => a.shape.length === b.shape.length

const inputAt = (node: { inputs: readonly (Value | undefined)[]; op: string }, i: number): Value => {
  const value = node.inputs[i]
  if (!value) throw new CoreError('graph', `${node.op} lacks input ${i}`)
  return value
}

const isPacked = (arg: StepArg | readonly number[]): arg is PackedRef =>
  typeof arg === 'object' && 'packing' in arg
