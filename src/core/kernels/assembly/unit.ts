/*
 * The block of a kernel's grid that a unit is: rows rowBegin … rowEnd, columns columnBegin … columnEnd. The grid's size is
 * the kernel's, the cut comes with the arguments (`units.ts`).
 */
export let rowBegin: i32
export let rowEnd: i32
export let columnBegin: i32
export let columnEnd: i32
/** whether other units have other rows */
export let isCutInRows: bool

export function openUnit(unit: i32, rows: i32, columns: i32, rowsPerUnit: i32, columnsPerUnit: i32): void {
  const across = (columns + columnsPerUnit - 1) / columnsPerUnit
  rowBegin = (unit / across) * rowsPerUnit
  rowEnd = min(rows, rowBegin + rowsPerUnit)
  columnBegin = (unit % across) * columnsPerUnit
  columnEnd = min(columns, columnBegin + columnsPerUnit)
  isCutInRows = rowsPerUnit < rows
}

/**
 * The number of the plan's step that this rank is at: what a unit has made of its arguments stands for later units of the same
 * step. 0 for a unit that runs by itself.
 */
export let step: i32 = 0

let stepsBegun: i32 = 0

export function openStep(): void {
  step = ++stepsBegun
}

export function closeSteps(): void {
  step = 0
}
