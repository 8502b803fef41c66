import { runUnit } from './generated/dispatch'

/*
 * Words of a control block (byte offsets from its 64-byte aligned address), each alone on its cache line but the first:
 *   ABORT     set by the host: ranks leave at the next unit or barrier
 *   TAKEN     units of the current step that ranks have taken
 *   BARRIER   barriers passed · 256 + ranks at the current one; ranks sleep on it
 *   SLEEPERS  ranks asleep, or about to be
 * TAKEN, SLEEPERS and the low byte of BARRIER are zero when no rank is in a run, aborted or not.
 */
const ABORT: usize = 0
const TAKEN: usize = 64
const BARRIER: usize = 128
const SLEEPERS: usize = 192

/** Looks at the barrier before sleeping: some 20 µs. */
const SPINS: i32 = 12000
/** A sleeper looks for ABORT this often. */
const NAP_NS: i64 = 1_000_000

/**
 * Runs the plan at `plan` as one rank of `team` (at most 255): word 0 is the number of steps, then 3 words a step: kernel id,
 * address of its arguments, units. Every rank calls it with the same plan and control block.
 * Answers 0 when all steps ran, 1 when ABORT ended the run. After an abort, all ranks must have returned before the next run.
 */
export function runPlan(plan: usize, rank: i32, team: i32, control: usize): i32 {
  return team == 1 ? runAlone(plan, control) : runShared(plan, team, control)
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
    let taken = 0
    let aborted = atomic.load<i32>(control + ABORT) != 0
    while (!aborted) {
      taken++
      const unit = atomic.add<i32>(control + TAKEN, 1)
      if (unit >= units) break
      runUnit(load<i32>(step), load<i32>(step, 4), unit)
      aborted = atomic.load<i32>(control + ABORT) != 0
    }
    if (aborted || !passBarrier(team, control)) {
      atomic.sub<i32>(control + TAKEN, taken)
      return 1
    }
  }
  return 0
}

/** Waits until all ranks are here; false when ABORT came first. */
function passBarrier(team: i32, control: usize): bool {
  const before = atomic.add<i32>(control + BARRIER, 1)
  const passed = before >>> 8
  if ((before & 255) == team - 1) {
    // everyone else waits: nobody takes units now
    atomic.store<i32>(control + TAKEN, 0)
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
