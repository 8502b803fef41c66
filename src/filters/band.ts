/** What filters compute with. */
export type Numbers = Float32Array | Float64Array

/** A picture's sides; its numbers are interleaved: row by row, column by column, channel by channel. */
export interface Extent {
  readonly rows: number
  readonly columns: number
  readonly channels: number
}

/** Rows `first` … `first + count − 1` of a picture. A whole picture is a band, too. */
export interface Band extends Extent {
  readonly first: number
  readonly count: number
  readonly data: Numbers
}

export interface Rows {
  readonly first: number
  readonly count: number
}

/** Numbers of a row. */
export const rowLength = ({ columns, channels }: Extent): number => columns * channels

export const allRows = ({ rows }: Extent): Rows => ({ first: 0, count: rows })

/** Some rows of a band, without a copy. */
export const rowsWithin = (band: Band, { first, count }: Rows): Band => {
  const length = rowLength(band)
  const from = (first - band.first) * length
  return { ...band, first, count, data: band.data.subarray(from, from + count * length) }
}
