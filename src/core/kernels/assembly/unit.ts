/*
 * The block of a kernel's grid that a unit is: rows rowBegin … rowEnd, columns columnBegin … columnEnd. The grid's size is
 * the kernel's, the cut comes with the arguments (`units.ts`).
 */
export let rowBegin: i32
export let rowEnd: i32
export let columnBegin: i32
export let columnEnd: i32

export function openUnit(unit: i32, rows: i32, columns: i32, rowsPerUnit: i32, columnsPerUnit: i32): void {
  const across = (columns + columnsPerUnit - 1) / columnsPerUnit
  rowBegin = (unit / across) * rowsPerUnit
  rowEnd = min(rows, rowBegin + rowsPerUnit)
  columnBegin = (unit % across) * columnsPerUnit
  columnEnd = min(columns, columnBegin + columnsPerUnit)
}
