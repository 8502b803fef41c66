import type { Backend } from '../core/backend.ts'
import { type Tensor, tensor } from '../core/ir/tensor.ts'
import { nearest } from '../faults/near.ts'
import { chunks, item, stack } from './batches.ts'
import { reduceChannels } from './channels.ts'
import { Company } from './company.ts'
import { ExplainError } from './errors.ts'
import { ModelScore } from './explained.ts'
import { methods } from './index.ts'
import type { ExplainJob, ExplainResult, PredictJob, PredictResult } from './job.ts'
import { type LoadedModel, pointsPerRun } from './loaded.ts'
import type { Method } from './method.ts'
import { seededRandom } from './random.ts'
import { Runner } from './runner.ts'
import { scoreOf, softmax } from './scores.ts'
import { asPrecision, largest } from './tensor.ts'

/** Logits and probabilities of (N,C,H,W), in batches of the model's own size. */
export function runPredict(model: LoadedModel, backend: Backend, { input }: PredictJob): PredictResult {
  const runner = new Runner(model, backend)
  const points = Array.from({ length: input.shape[0] ?? 0 }, (_, i) => item(input, i))
  const logits: Tensor[] = []
  for (const chunk of chunks(points, pointsPerRun(model))) {
    const answer = runner.logits(chunk)
    logits.push(...chunk.map((_, i) => item(answer, i)))
  }
  const probabilities = logits.map(({ shape, data }) => tensor(shape, softmax(data)))
  return {
    logits: stack(logits, backend.precision),
    probabilities: stack(probabilities, backend.precision),
    timings: runner.clock.totals,
  }
}

/** Explanations of inputs, one for each job, in order. The jobs differ in their inputs and seeds alone: see `companyKey`. */
export function runExplain(
  model: LoadedModel,
  backend: Backend,
  jobs: readonly ExplainJob[],
): readonly ExplainResult[] {
  const runner = new Runner(model, backend)
  const questions = jobs.map((job) => ({ job, x: asPrecision(item(job.input, 0), backend.precision) }))
  const company = new Company(
    runner,
    questions.map(({ x }) => x),
  )
  const results = questions.map(({ job, x }) => explained(runner, company, job, x))
  return results.map((result) => ({ ...result, timings: runner.clock.totals }))
}

/** The method at the input, its attribution reduced over the channels, and what was explained. */
function explained(
  runner: Runner,
  company: Company,
  job: ExplainJob,
  x: Tensor,
): Omit<ExplainResult, 'timings'> {
  const { model } = runner
  const method = findMethod(job.method)
  const F = new ModelScore(runner, { x, of: job.of, target: job.target, layer: job.layer }, company)
  const colour = (v: number) => model.mean.map((mean, c) => (v - mean) / (model.std[c] ?? 1))
  const attribution = method.run({ F, x, colour, random: seededRandom(job.seed) }, job.params)

  const overLayer = method.over === 'layer'
  const channels = overLayer || job.channels === 'default' ? method.channels : job.channels
  const map = overLayer ? attribution.map : reduceChannels(attribution.map, channels)
  const logits = F.logits(x).data
  const score = scoreOf(logits, F.target, 'logit')
  return {
    map,
    channels,
    layer: overLayer ? F.layerValue.name : undefined,
    gap: attribution.gap,
    target: {
      index: F.target,
      score,
      probability: scoreOf(logits, F.target, 'probability'),
    },
    warnings: [
      ...(method.warnings ?? []),
      ...(attribution.warnings ?? []),
      ...scoreWarnings(score),
      ...valueWarnings(map),
    ],
  }
}

function findMethod(id: string): Method {
  const method = methods.get(id)
  if (method) return method
  const near = nearest(id, [...methods.keys()], 3).join(', ')
  throw new ExplainError('bad-parameter', `there is no method "${id}"; near: ${near}`)
}

const scoreWarnings = (score: number): readonly string[] =>
  Number.isFinite(score) ? [] : ['the score of the class is not finite: the model overflowed']

function valueWarnings(map: Tensor): readonly string[] {
  const most = largest(map)
  if (!Number.isFinite(most)) return ['the map holds values that are not finite: the gradient overflowed']
  return most === 0 ? ['the map is zero everywhere: nothing changes the score here'] : []
}
