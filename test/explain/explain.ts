import type { Backend } from '../../src/core/backend.ts'
import type { ExplainJob, ExplainResult } from '../../src/explain/job.ts'
import type { LoadedModel } from '../../src/explain/loaded.ts'
import { runExplain } from '../../src/explain/run.ts'

/** `runExplain` with what most tests leave alone filled in: class 0, its logit, the method's own channels. */
export const explain = (
  model: LoadedModel,
  backend: Backend,
  job: Partial<ExplainJob> & Pick<ExplainJob, 'method' | 'input'>,
): ExplainResult => {
  const [result] = explainTogether(model, backend, [job])
  if (!result) throw new Error('nothing was explained')
  return result
}

/** Several at once. */
export const explainTogether = (
  model: LoadedModel,
  backend: Backend,
  jobs: readonly (Partial<ExplainJob> & Pick<ExplainJob, 'method' | 'input'>)[],
): readonly ExplainResult[] =>
  runExplain(
    model,
    backend,
    jobs.map((job) => ({
      kind: 'explain',
      params: {},
      target: 0,
      of: 'logit',
      channels: 'default',
      layer: undefined,
      seed: 0,
      ...job,
    })),
  )
