import type * as z from 'zod'
import type { ParameterError } from '../errors.ts'
import { methods } from '../explain/index.ts'
import type { Method } from '../explain/method.ts'
import { explainParameters, takers } from './explain.ts'
import { type RawQuery, readObject, unknownNames } from './query.ts'

type Common = z.output<typeof explainParameters>

/** What explain was asked, before the model is looked at. */
export interface ExplainQuery extends Omit<Common, 'method'> {
  readonly method: Method
  /** the method's own, defaults filled in */
  readonly params: Readonly<Record<string, unknown>>
}

interface ReadExplain {
  /** there when there are no errors */
  readonly query: ExplainQuery | undefined
  /** what only the model can tell the faults of, where it is well by itself; `layer` for methods that take one */
  readonly target: string | undefined
  readonly layer: string | undefined
  readonly errors: readonly ParameterError[]
}

const ownNames = new Set([...methods.values()].flatMap(({ params }) => Object.keys(params.shape)))

/** The common parameters, then those of the chosen method; the faults of both together. */
export function readExplain(raw: RawQuery): ReadExplain {
  const common = readObject(explainParameters, raw)
  const method = methods.get(textOf('method', raw) ?? '')
  const own = method && readObject(method.params, raw)
  const misplaced = method ? misplacedIn(method, raw) : []
  const isMisplaced = (name: string) => misplaced.some(({ parameter }) => parameter === name)
  const faults = [
    ...common.errors.filter(({ parameter }) => !isMisplaced(parameter)),
    ...(own?.errors ?? []),
    ...misplaced,
    ...unknownNames([...Object.keys(explainParameters.shape), ...ownNames], raw),
  ]
  return {
    query:
      method && own?.values && common.values && faults.length === 0
        ? { ...common.values, method, params: own.values }
        : undefined,
    target: textOf('target', raw),
    layer: method?.over === 'layer' ? textOf('layer', raw) : undefined,
    errors: faults,
  }
}

/** One parameter by itself, also where others are at fault; undefined where it is. */
const textOf = (name: 'method' | 'target' | 'layer', raw: RawQuery): string | undefined =>
  explainParameters.shape[name].safeParse(Object.hasOwn(raw, name) ? raw[name] : undefined).data

/** Parameters that exist, but not for this method. */
function misplacedIn(method: Method, raw: RawQuery): readonly ParameterError[] {
  const foreign = Object.keys(raw)
    .filter((name) => ownNames.has(name) && !(name in method.params.shape))
    .map((name) => ({
      parameter: name,
      message: `not a parameter of ${method.id}, but of ${takers(name).join(', ')}`,
    }))
  const other = method.over === 'layer' ? 'channels' : 'layer'
  const reason =
    other === 'layer'
      ? `${method.id} attributes to pixels, not to a layer`
      : `${method.id} has one value per cell already`
  return Object.hasOwn(raw, other) ? [...foreign, { parameter: other, message: reason }] : foreign
}
