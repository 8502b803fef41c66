/** A column: its title, and whether its cells are numbers, which stand to the right. */
export interface Column {
  readonly title: string
  readonly numeric?: boolean
}

export const text = (title: string): Column => ({ title })
export const number = (title: string): Column => ({ title, numeric: true })

/** A Markdown table, padded so that it can be read as it stands. */
export function markdownTable(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const widths = columns.map(({ title }, i) =>
    Math.max(3, title.length, ...rows.map((row) => row[i]?.length ?? 0)),
  )
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  const cell = (value: string, i: number) =>
    columns[i]?.numeric ? value.padStart(widths[i] ?? 0) : value.padEnd(widths[i] ?? 0)
  return [
    line(columns.map(({ title }, i) => cell(title, i))),
    line(widths.map((width, i) => `${'-'.repeat(width - 1)}${columns[i]?.numeric ? ':' : '-'}`)),
    ...rows.map((row) => line(columns.map((_, i) => cell(row[i] ?? '', i)))),
  ].join('\n')
}

/** Three digits that mean something: 0.123, 1.23, 12.3, 123. */
export function figure(value: number): string {
  if (!Number.isFinite(value)) return '–'
  const digits = value === 0 ? 2 : Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))))
  return value.toFixed(Math.min(digits, 3))
}

export const percent = (share: number): string => `${(100 * share).toFixed(share < 0.0995 ? 1 : 0)} %`
export const megabytes = (bytes: number): string => `${figure(bytes / 1e6)} MB`
