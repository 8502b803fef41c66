import type { Tensor } from '../core/ir/tensor.ts'
import { invalidParameters } from '../errors.ts'
import { type TensorJson, tensorToJson } from '../imaging/tensor-json.ts'
import type { Shown } from '../networks/summary.ts'

/** Numbers in a JSON answer, at most: writing them holds up everybody else. */
const MOST_NUMBERS = 1_000_000

/** KServe V2's fields of several tensors. Throws `invalid-parameter` for more numbers than JSON may have. */
export function tensorsJson(tensors: ReadonlyMap<string, Tensor>): Record<string, TensorJson> {
  let count = 0
  for (const { data } of tensors.values()) count += data.length
  if (count > MOST_NUMBERS)
    throw invalidParameters([
      { parameter: 'wrt', message: `expected at most ${MOST_NUMBERS} numbers in the answer, got ${count}` },
    ])
  return Object.fromEntries([...tensors].map(([name, of]) => [name, tensorToJson(of)]))
}

/** An array as trace shows it. */
export const shownJson = ({ shape, summary, data }: Shown): object => ({
  shape,
  ...(data && { data: tensorToJson({ shape, data }).data }),
  summary,
})
