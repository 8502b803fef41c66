import type { Engine, ServedModel } from '../engine.ts'
import { invalidParameters, type ParameterError, toHttpError } from '../errors.ts'
import type { RawQuery } from '../schemas/query.ts'
import { type ExplainQuery, readExplain } from '../schemas/read-explain.ts'
import { readTarget } from '../schemas/target.ts'

interface ExplainRequest {
  readonly query: ExplainQuery
  readonly target: number | 'top'
}

/**
 * The query of explain, read against the model that it is about. Throws `invalid-parameter` naming every fault at once,
 * those included that only the model knows: its classes and its layers.
 */
export async function explainRequest(
  engine: Engine,
  model: ServedModel,
  raw: RawQuery,
): Promise<ExplainRequest> {
  const { query, target: text, layer, errors } = readExplain(raw)
  const target = text === undefined ? undefined : readTarget(text, model)
  const faults = [
    ...errors,
    ...(target && 'message' in target ? [{ parameter: 'target', message: target.message }] : []),
    ...colourFaults(model, query?.params),
    ...(layer === undefined ? [] : await layerFaults(engine, model, layer)),
  ]
  if (faults.length > 0 || !query || !target || 'message' in target) throw invalidParameters(faults)
  return { query, target: target.value }
}

/** Numbers have no black and no white. */
const colourFaults = (
  { id, input }: ServedModel,
  params: ExplainQuery['params'] = {},
): readonly ParameterError[] =>
  !input && (params.baseline === 'black' || params.baseline === 'white')
    ? [{ parameter: 'baseline', message: `${id} takes no pictures: expected a number or blur` }]
    : []

async function layerFaults(
  engine: Engine,
  model: ServedModel,
  layer: string,
): Promise<readonly ParameterError[]> {
  try {
    await engine.checkLayer(model, layer)
    return []
  } catch (error) {
    const { errors } = toHttpError(error)
    if (errors.length === 0) throw error
    return errors
  }
}
