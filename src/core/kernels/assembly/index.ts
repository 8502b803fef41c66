export { runUnit } from './generated/dispatch'
export { runPlan } from './run-plan'
export { scratchBytes, setScratch } from './scratch'
