import { CsvError, parse } from 'csv-parse/sync'
import { NetworkError } from './errors.ts'
import { checkLimits, type RawSamples } from './samples.ts'

/** How to read a table. */
export interface CsvOptions {
  /** whether the first row names the columns; by default it does when none of its cells is a number */
  readonly header?: boolean | undefined
  /** columns of the target, by name or number from 0; by default the last one */
  readonly target?: readonly (string | number)[] | undefined
}

const NAME = 'data.csv'
/** Cells that separate columns; the first line decides for others than a comma. */
const SEPARATORS = [';', '\t']
const MOST_COLUMNS = 65_536

const bad = (parameter: string, message: string) => new NetworkError('bad-data', parameter, message)

/**
 * Samples from a table, a row each: commas, semicolons or tabs between columns, points in numbers. Targets are numbers, or
 * labels where one column has any. Throws NetworkError naming row and column.
 */
export function samplesFromCsv(text: string, { header, target }: CsvOptions = {}): RawSamples {
  const rows = cells(text)
  const [first = []] = rows
  const hasHeader = header ?? !first.some(isNumber)
  const columns = hasHeader ? first : undefined
  const body = hasHeader ? rows.slice(1) : rows
  if (body.length === 0)
    throw bad(NAME, `expected rows of samples, got ${hasHeader ? 'a header alone' : 'none'}`)
  const targets = targetColumns(target, first.length, columns)
  const inputs = first.flatMap((_, i) => (targets.includes(i) ? [] : [i]))
  if (inputs.length === 0) throw bad('data.target', 'expected columns of inputs beside the target, got none')
  checkLimits(NAME, body.length, inputs.length)
  const at = (row: number, column: number) =>
    `row ${row + (hasHeader ? 2 : 1)}, column ${columns?.[column] === undefined ? column : JSON.stringify(columns[column])}`
  const numbers = (of: readonly number[]) => {
    const data = new Float64Array(body.length * of.length)
    body.forEach((row, i) => {
      of.forEach((column, j) => {
        data[i * of.length + j] = numberOf(row[column] ?? '', () => at(i, column))
      })
    })
    return { shape: [body.length, of.length], data }
  }
  const [only = 0] = targets
  const areLabels =
    targets.length === 1 && body.some((row) => !isNumber(row[only] ?? '') && !hasComma(row[only] ?? ''))
  return {
    names: { inputs: NAME, targets: NAME },
    inputs: numbers(inputs),
    targets: areLabels
      ? { labels: body.map((row, i) => labelOf(row[only] ?? '', () => at(i, only))) }
      : numbers(targets),
  }
}

function cells(text: string): string[][] {
  const line = text.slice(0, text.search(/[\r\n]|$/))
  const delimiter = SEPARATORS.find((separator) => line.includes(separator)) ?? ','
  try {
    return parse(text, {
      bom: true,
      delimiter,
      trim: true,
      skip_empty_lines: true,
      max_record_size: MOST_COLUMNS * 32,
    })
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    if (error.code === 'CSV_RECORD_INCONSISTENT_FIELDS_LENGTH')
      throw bad(NAME, `expected as many columns in each row as in the first: ${plain(error)}`)
    throw bad(NAME, `expected a table of comma-separated values: ${plain(error)}`)
  }
}

const plain = ({ message }: Error): string => message.slice(0, 200)

function targetColumns(
  target: CsvOptions['target'],
  count: number,
  columns: readonly string[] | undefined,
): readonly number[] {
  const chosen = (target ?? [count - 1]).map((column) => {
    const place = typeof column === 'number' ? column : (columns?.indexOf(column) ?? -1)
    if (place >= 0 && place < count) return place
    const known = columns
      ? `one of ${columns.slice(0, 20).join(', ')}`
      : `a number from 0 to ${count - 1}: there is no header`
    throw bad('data.target', `expected ${known}, got ${JSON.stringify(column).slice(0, 60)}`)
  })
  if (new Set(chosen).size !== chosen.length) throw bad('data.target', 'expected each column once')
  return chosen
}

const decimal = /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d{1,3})?$/i
const isNumber = (cell: string): boolean => decimal.test(cell)
const hasComma = (cell: string): boolean => /^[+-]?\d*,\d+(e[+-]?\d+)?$/i.test(cell)

function numberOf(cell: string, place: () => string): number {
  if (hasComma(cell))
    throw bad(
      NAME,
      `${place()}: expected a point before decimals, got a comma in ${cell}: write ${cell.replace(',', '.')}`,
    )
  const value = isNumber(cell) ? Number(cell) : Number.NaN
  if (Number.isFinite(value)) return value
  throw bad(
    NAME,
    `${place()}: expected a number, got ${cell === '' ? 'nothing' : JSON.stringify(cell.slice(0, 60))}`,
  )
}

function labelOf(cell: string, place: () => string): string {
  if (cell !== '') return cell
  throw bad(NAME, `${place()}: expected a label, got nothing`)
}
