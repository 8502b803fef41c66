import { isOver, type Job } from '../networks/job.ts'
import { type Outcome, trainingVerdicts } from '../networks/verdicts.ts'
import type { JobSummary } from '../schemas/jobs.ts'

/** How far a job has come, as lists and events tell it. */
export function jobSummary(job: Job): JobSummary {
  const { facts, progress, history, status } = job
  const last = history.at(-1)
  return {
    id: job.id,
    status,
    model: facts.model,
    created: new Date(facts.createdAt).toISOString(),
    epoch: progress.epoch,
    epochs: facts.spec.epochs,
    step: progress.step,
    steps: job.steps,
    loss: progress.loss,
    accuracy: last?.accuracy,
    validationLoss: last?.validationLoss,
    validationAccuracy: last?.validationAccuracy,
    samplesPerSecond: job.samplesPerSecond ?? last?.samplesPerSecond,
    ...(!isOver(status) && { secondsLeft: job.secondsLeft }),
    best: progress.best,
    warnings: [...facts.warnings, ...trainingVerdicts(outcomeOf(job))],
    verdict: job.verdict,
  }
}

/** Of trainings that keep their last weights the best ones are left behind. */
function outcomeOf({ facts, progress, history, diagnostics }: Job): Outcome {
  const { validation, patience } = facts.spec
  const left = validation === 0 && patience === undefined ? progress.best : undefined
  return { last: history.at(-1), left, diagnostics }
}

/** The same with all of its epochs. */
export const jobDetail = (job: Job) => ({
  ...jobSummary(job),
  history: [...job.history],
  diagnostics: [...job.diagnostics],
})
