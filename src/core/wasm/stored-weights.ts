import { CoreError } from '../errors.ts'
import { bindBatch } from '../ir/bind.ts'
import { isFiniteTensor, knowFinite } from '../ir/finite.ts'
import type { Graph, Value } from '../ir/graph.ts'
import { type Shape, sizeOf } from '../ir/shape.ts'
import type { Tensor } from '../ir/tensor.ts'
import { decompose } from '../plan/decompose.ts'
import type { ColumnPacking } from '../plan/lowering.ts'
import { packedLength, unpackColumns } from '../plan/packing.ts'
import { type PlannedConstant, planGraph } from '../plan/plan.ts'
import { nameConstant, placeConstant } from './constants.ts'
import type { ModelMemory } from './memory.ts'
import type { Team } from './team.ts'

/** Weights that lie in a model's memory as the forward kernels read them, and nowhere else. Plain data, to be posted. */
export interface StoredWeights {
  readonly id: string
  readonly shape: Shape
  readonly address: number
  readonly packing: ColumnPacking
  readonly areFinite: boolean
}

/** Smaller ones are left as they are. */
const WORTH_STORING = 1 << 16

/**
 * Packs the weights of a forward graph that its kernels read in one order only, for one sample, where that keeps every number:
 * they need not be kept otherwise. Of a graph that cannot be planned it packs none: who runs it will be told why.
 */
export function storeWeights(
  graph: Graph,
  memory: ModelMemory,
  team: Team,
): ReadonlyMap<Value, StoredWeights> {
  const stored = new Map<Value, StoredWeights>()
  for (const [value, uses] of Map.groupBy(plannedConstants(graph), (constant) => constant.value)) {
    const [constant, ...others] = uses
    if (!constant || others.length > 0 || !('packing' in constant.form)) continue
    const { packing } = constant.form
    const { data } = constant
    if (packing.kind !== 'columns' || !isWhole(packing, data)) continue
    const id = `stored ${stored.size}`
    nameConstant(data, id)
    const address = placeConstant(memory, team, constant)
    stored.set(value, { id, shape: data.shape, address, packing, areFinite: isFiniteTensor(data) })
  }
  return stored
}

function plannedConstants(graph: Graph): readonly PlannedConstant[] {
  try {
    return planGraph(bindBatch(decompose(graph), 1)).constants
  } catch (error) {
    if (error instanceof CoreError) return []
    throw error
  }
}

const isWhole = ({ groups, taps, k, n }: ColumnPacking, { data }: Tensor): boolean =>
  data instanceof Float32Array && data.length >= WORTH_STORING && groups * taps * k * n === data.length

/** The graph with stored weights among its constants. */
export function withStored(
  graph: Graph,
  stored: ReadonlyMap<Value, StoredWeights>,
  memory: ModelMemory,
): Graph {
  const constants = new Map(graph.constants)
  for (const [value, weights] of stored) constants.set(value, storedTensor(weights, memory))
  return { ...graph, constants }
}

/** A tensor whose numbers are put in order when somebody reads them, and forgotten when nobody does. */
function storedTensor(
  { id, shape, address, packing, areFinite }: StoredWeights,
  memory: ModelMemory,
): Tensor {
  let latest: WeakRef<Float32Array> | undefined
  const tensor: Tensor = {
    shape,
    dtype: 'float',
    get data() {
      const known = latest?.deref()
      if (known) return known
      const data = new Float32Array(sizeOf(shape))
      unpackColumns(memory.floats(address, packedLength(packing)), packing, data)
      latest = new WeakRef(data)
      return data
    },
  }
  nameConstant(tensor, id)
  knowFinite(tensor, areFinite)
  return tensor
}
