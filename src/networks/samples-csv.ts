import { CsvError, parse } from 'csv-parse/sync'
import { NetworkError } from './errors.ts'
import { labelled } from './labelled.ts'
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
export function samplesFromCsv(text: string, options: CsvOptions = {}): RawSamples {
  let table: Table | undefined
  eachRow(text, (row) => {
    if (table) table.add(row)
    else table = new Table(row, options)
  })
  if (!table) throw bad(NAME, 'expected rows of samples, got none')
  return table.samples()
}

/** Rows become numbers as they come: as cells, a million of them would take hundreds of megabytes. */
class Table {
  readonly #columns: readonly string[] | undefined
  readonly #inputColumns: readonly number[]
  readonly #targetColumns: readonly number[]
  readonly #inputs: number[] = []
  readonly #targets: number[] = []
  /** cells of the only target column, which may be labels */
  readonly #cells: string[] = []
  #areLabels = false
  #rows = 0

  constructor(first: readonly string[], { header, target }: CsvOptions) {
    const hasHeader = header ?? !first.some(isNumber)
    this.#columns = hasHeader ? first : undefined
    const targets = targetColumns(target, first.length, this.#columns)
    this.#targetColumns = targets
    this.#inputColumns = first.flatMap((_, i) => (targets.includes(i) ? [] : [i]))
    if (!hasHeader) this.add(first)
  }

  add(row: readonly string[]): void {
    const at = this.#rows
    this.#rows += 1
    if (this.#inputColumns.length === 0)
      throw bad('data.target', 'expected columns of inputs beside the target, got none')
    checkLimits(NAME, this.#rows, this.#inputColumns.length)
    for (const column of this.#inputColumns) this.#inputs.push(this.#number(row, at, column))
    const [only = 0, ...more] = this.#targetColumns
    if (more.length > 0)
      for (const column of this.#targetColumns) this.#targets.push(this.#number(row, at, column))
    else {
      const cell = row[only] ?? ''
      this.#cells.push(cell)
      this.#areLabels ||= !isNumber(cell) && !hasComma(cell)
    }
  }

  samples(): RawSamples {
    if (this.#rows === 0) throw bad(NAME, 'expected rows of samples, got a header alone, or nothing')
    const count = this.#rows
    return {
      names: { inputs: NAME, targets: NAME },
      inputs: { shape: [count, this.#inputColumns.length], data: Float64Array.from(this.#inputs) },
      targets: this.#areLabels
        ? labelled(this.#labels(), NAME)
        : { shape: [count, this.#targetColumns.length], data: Float64Array.from(this.#numbers()) },
    }
  }

  #labels(): readonly string[] {
    const empty = this.#cells.indexOf('')
    if (empty < 0) return this.#cells
    throw bad(NAME, `${this.#place(empty, this.#targetColumns[0] ?? 0)}: expected a label, got nothing`)
  }

  #numbers(): readonly number[] {
    const [only = 0, ...more] = this.#targetColumns
    if (more.length > 0) return this.#targets
    return this.#cells.map((cell, row) => numberOf(cell, () => this.#place(row, only)))
  }

  #number(row: readonly string[], at: number, column: number): number {
    return numberOf(row[column] ?? '', () => this.#place(at, column))
  }

  #place(row: number, column: number): string {
    const name = this.#columns?.[column]
    return `row ${row + (this.#columns ? 2 : 1)}, column ${name === undefined ? column : JSON.stringify(name)}`
  }
}

function eachRow(text: string, take: (row: readonly string[]) => void): void {
  const line = text.slice(0, text.search(/[\r\n]|$/))
  const delimiter = SEPARATORS.find((separator) => line.includes(separator)) ?? ','
  try {
    parse(text, {
      bom: true,
      delimiter,
      trim: true,
      skip_empty_lines: true,
      max_record_size: MOST_COLUMNS * 32,
      on_record: (row: readonly string[]) => {
        take(row)
        // nothing is kept
        return null
      },
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
    if (typeof column === 'string' && columns && columns.indexOf(column, place + 1) > place)
      throw bad(
        'data.target',
        `expected one column ${JSON.stringify(column)}, got several: take its number, from 0`,
      )
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
