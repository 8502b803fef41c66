import { runUnit } from './generated/dispatch'
import { unitsTaken } from './scratch'
import { closeSteps, openStep } from './unit'

/*
 * Words of a control block (byte offsets from its 64-byte aligned address), each alone on its cache line but the first:
 *   ABORT     set by the host: ranks leave at the next unit or barrier
 *   BARRIER   barriers passed · 256 + ranks at the current one; ranks sleep on it
 *   SLEEPERS  ranks asleep, or about to be
 *   TAKEN     for each rank, how many units of its share of the current step are taken
 * TAKEN, SLEEPERS and the low byte of BARRIER are zero when no rank is in a run, aborted or not.
 */
const ABORT: usize = 0
const BARRIER: usize = 128
const SLEEPERS: usize = 192
const TAKEN: usize = 1024
const TAKEN_BYTES: usize = 64

/**
 * Units that a rank must have left for another one to take one of them. A last one it is about to take itself; what belongs to it is in its
 * own caches, from where the other one would fetch it in 25 times the time where they share none. (Two that look at once may take it all
 * the same, which does no harm.)
 */
const LEFT_TO_TAKE: i32 = 2

/** Looks at the barrier before sleeping: some 200 µs. Waking up takes 60. */
const SPINS: i32 = 100000
/** A sleeper looks for ABORT this often. */
const NAP_NS: i64 = 1_000_000

/**
 * Runs the plan at `plan` as one rank of `team` (at most 32): word 0 is the number of steps, then 3 words a step: kernel id,
 * address of its arguments, units. Every rank calls it with the same plan and control block.
 * Answers 0 when all steps ran, 1 when ABORT ended the run. After an abort, all ranks must have returned before the next run.
 */
export function runPlan(plan: usize, rank: i32, team: i32, control: usize): i32 {
  const result = team == 1 ? runAlone(plan, control) : runShared(plan, rank, team, control)
  closeSteps()
  return result
}

function runAlone(plan: usize, control: usize): i32 {
  const end = plan + 4 + load<i32>(plan) * 12
  for (let step = plan + 4; step < end; step += 12) {
    const units = load<i32>(step, 8)
    openStep()
    for (let unit = 0; unit < units; unit++) {
      if (atomic.load<i32>(control + ABORT)) return 1
      runUnit(load<i32>(step), load<i32>(step, 4), unit)
    }
  }
  return 0
}

function runShared(plan: usize, rank: i32, team: i32, control: usize): i32 {
  const end = plan + 4 + load<i32>(plan) * 12
  for (let step = plan + 4; step < end; step += 12) {
    if (takeUnits(step, rank, team, control) && passBarrier(team, control)) continue
    for (let owner = 0; owner < team; owner++) {
      atomic.sub<i32>(control + TAKEN + owner * TAKEN_BYTES, load<i32>(unitsTaken() + (owner << 2)))
    }
    return 1
  }
  return 0
}

/**
 * Runs units of a step until none are left to take; false when ABORT came. A rank's own share comes first: neighbouring units, about
 * where its units of the step before were, so that most of what they read is in its own caches. Then those of others who are behind.
 */
function takeUnits(step: usize, rank: i32, team: i32, control: usize): bool {
  const units = load<i32>(step, 8)
  openStep()
  memory.fill(unitsTaken(), 0, team << 2)
  for (let i = 0; i < team; i++) {
    const owner = (rank + i) % team
    const first = (units * owner) / team
    const last = (units * (owner + 1)) / team
    const counter = control + TAKEN + owner * TAKEN_BYTES
    let taken = 0
    for (;;) {
      if (atomic.load<i32>(control + ABORT)) return false
      if (i > 0 && first + atomic.load<i32>(counter) + LEFT_TO_TAKE > last) break
      store<i32>(unitsTaken() + (owner << 2), ++taken)
      const unit = first + atomic.add<i32>(counter, 1)
      if (unit >= last) break
      runUnit(load<i32>(step), load<i32>(step, 4), unit)
    }
  }
  return true
}

/** Waits until all ranks are here; false when ABORT came first. */
function passBarrier(team: i32, control: usize): bool {
  const before = atomic.add<i32>(control + BARRIER, 1)
  const passed = before >>> 8
  if ((before & 255) == team - 1) {
    // everyone else waits: nobody takes units now
    for (let owner = 0; owner < team; owner++) atomic.store<i32>(control + TAKEN + owner * TAKEN_BYTES, 0)
    atomic.store<i32>(control + BARRIER, (passed + 1) << 8)
    if (atomic.load<i32>(control + SLEEPERS)) atomic.notify(control + BARRIER, -1)
    return true
  }
  for (let spin = 0; spin < SPINS; spin++) {
    if (atomic.load<i32>(control + BARRIER) >>> 8 != passed) return true
    if (atomic.load<i32>(control + ABORT)) return !withdraw(passed, team, control)
  }
  return sleepAtBarrier(passed, team, control)
}

function sleepAtBarrier(passed: i32, team: i32, control: usize): bool {
  // counted before looking at BARRIER, while the last rank looks here after changing it: no wake-up is missed
  atomic.add<i32>(control + SLEEPERS, 1)
  let through = true
  for (;;) {
    const word = atomic.load<i32>(control + BARRIER)
    if (word >>> 8 != passed) break
    if (atomic.load<i32>(control + ABORT)) {
      through = !withdraw(passed, team, control)
      break
    }
    atomic.wait<i32>(control + BARRIER, word, NAP_NS)
  }
  atomic.sub<i32>(control + SLEEPERS, 1)
  return through
}

/** Takes this rank back from the barrier; false where the last rank has come meanwhile. */
function withdraw(passed: i32, team: i32, control: usize): bool {
  let word = atomic.load<i32>(control + BARRIER)
  while (word >>> 8 == passed) {
    // all here: the last one is about to open it
    if ((word & 255) < team && atomic.cmpxchg<i32>(control + BARRIER, word, word - 1) == word) return true
    word = atomic.load<i32>(control + BARRIER)
  }
  return false
}
