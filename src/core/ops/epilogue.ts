/** Nothing added, clamped or gated: the planner replaces these fields where it fuses an epilogue. */
export const plainEpilogue = {
  addend: undefined,
  clampMin: Number.NEGATIVE_INFINITY,
  clampMax: Number.POSITIVE_INFINITY,
  gate: undefined,
  gateMin: Number.NEGATIVE_INFINITY,
  gateMax: Number.POSITIVE_INFINITY,
} as const
