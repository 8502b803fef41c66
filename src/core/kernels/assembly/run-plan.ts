import { runUnit } from './generated/dispatch'

/*
 * Words of a control block (byte offsets), each alone on its cache line but the first, which is the host's:
 *   ABORT      set by the host: ranks leave at the next unit, step or barrier
 *   TAKEN      units of the current step that ranks have taken
 *   ARRIVED    ranks at the current barrier
 *   GENERATION barriers passed; ranks sleep on it
 *   SLEEPERS   ranks asleep, or about to be
 *   LEFT       ranks out of the run: the last one leaves the block as it was found
 * All but ABORT are zero (GENERATION: anything) between runs. The block is 64-byte aligned.
 */
const ABORT: usize = 0
const TAKEN: usize = 64
const ARRIVED: usize = 128
const GENERATION: usize = 192
const SLEEPERS: usize = 256
const LEFT: usize = 320

/** Looks at the barrier before sleeping: some 20 µs. */
const SPINS: i32 = 12000
/** A sleeper looks for ABORT this often. */
const NAP_NS: i64 = 1_000_000

/**
 * Runs the plan at `plan` as rank `rank` of `team`: word 0 is the number of steps, then 3 words a step: kernel id, address of
 * its arguments, units. Every rank of the team must call it with the same plan and control block.
 * Answers 0 when all steps ran, 1 when ABORT ended the run: the block and the plan's outputs are free again when all
 * ranks have returned.
 */
export function runPlan(plan: usize, rank: i32, team: i32, control: usize): i32 {
  if (team == 1) return runAlone(plan, control)
  const aborted = runShared(plan, team, control)
  if (atomic.add<i32>(control + LEFT, 1) == team - 1) {
    atomic.store<i32>(control + TAKEN, 0)
    atomic.store<i32>(control + ARRIVED, 0)
    atomic.store<i32>(control + SLEEPERS, 0)
    atomic.store<i32>(control + LEFT, 0)
  }
  return aborted
}

function runAlone(plan: usize, control: usize): i32 {
  const end = plan + 4 + load<i32>(plan) * 12
  for (let step = plan + 4; step < end; step += 12) {
    const units = load<i32>(step, 8)
    for (let unit = 0; unit < units; unit++) {
      if (atomic.load<i32>(control + ABORT)) return 1
      runUnit(load<i32>(step), load<i32>(step, 4), unit)
    }
  }
  return 0
}

function runShared(plan: usize, team: i32, control: usize): i32 {
  const end = plan + 4 + load<i32>(plan) * 12
  for (let step = plan + 4; step < end; step += 12) {
    const units = load<i32>(step, 8)
    for (;;) {
      if (atomic.load<i32>(control + ABORT)) return 1
      const unit = atomic.add<i32>(control + TAKEN, 1)
      if (unit >= units) break
      runUnit(load<i32>(step), load<i32>(step, 4), unit)
    }
    if (barrier(team, control)) return 1
  }
  return 0
}

/** Waits until all ranks are here; 1 when ABORT came first. */
function barrier(team: i32, control: usize): i32 {
  const generation = atomic.load<i32>(control + GENERATION)
  if (atomic.add<i32>(control + ARRIVED, 1) == team - 1) {
    // everyone else waits: nobody takes units now
    atomic.store<i32>(control + ARRIVED, 0)
    atomic.store<i32>(control + TAKEN, 0)
    atomic.store<i32>(control + GENERATION, generation + 1)
    if (atomic.load<i32>(control + SLEEPERS)) atomic.notify(control + GENERATION, -1)
    return 0
  }
  for (let spin = 0; spin < SPINS; spin++) {
    if (atomic.load<i32>(control + GENERATION) != generation) return 0
    if (atomic.load<i32>(control + ABORT)) return 1
  }
  // counted before the wait looks at GENERATION, and the last rank looks here after changing it: no wake-up is missed
  atomic.add<i32>(control + SLEEPERS, 1)
  while (atomic.load<i32>(control + GENERATION) == generation) {
    if (atomic.load<i32>(control + ABORT)) return 1
    atomic.wait<i32>(control + GENERATION, generation, NAP_NS)
  }
  atomic.sub<i32>(control + SLEEPERS, 1)
  return 0
}
