import { contours } from 'd3-contour'
import type { ClassScores } from './class-scores.ts'

/** From where to where. */
export type Span = readonly [from: number, to: number]
/** The part of the plane that a map shows. */
export interface View {
  readonly x: Span
  readonly y: Span
}

/** Scores at the crossings of evenly spaced lines, the outermost on the edges of the view; rows go up. */
export interface ScoreGrid extends ClassScores {
  readonly columns: number
  readonly rows: number
}

/** A line on which two classes are equally likely, and no other is likelier. Closed lines end where they begin. */
export interface Boundary {
  readonly between: readonly [number, number]
  readonly points: readonly (readonly [x: number, y: number])[]
}

/** A place in units of the grid. */
type Place = readonly [column: number, row: number]

/** Where two scores are equal, interpolated between the grid's points. `labels`: of the points. */
export function boundariesOf(grid: ScoreGrid, labels: Uint8Array, { x, y }: View): Boundary[] {
  const across = (x[1] - x[0]) / (grid.columns - 1)
  const up = (y[1] - y[0]) / (grid.rows - 1)
  return neighbours(grid, labels).flatMap(([a, b]) =>
    equalityLines(grid, a, b)
      .flatMap((line) => (grid.classes > 2 ? largestParts(grid, [a, b], line) : [line]))
      .map((line) => ({
        between: [a, b] as const,
        points: line.map(([column, row]) => [x[0] + column * across, y[0] + row * up] as const),
      })),
  )
}

/** Pairs of classes that stand beside each other somewhere. */
function neighbours(
  { columns, rows, classes }: ScoreGrid,
  labels: Uint8Array,
): (readonly [number, number])[] {
  const pairs = new Set<number>()
  const meet = (one: number, other: number) => {
    if (one !== other) pairs.add(Math.min(one, other) * classes + Math.max(one, other))
  }
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) {
      const at = row * columns + column
      const own = labels[at] ?? 0
      if (column + 1 < columns) meet(own, labels[at + 1] ?? 0)
      if (row + 1 < rows) meet(own, labels[at + columns] ?? 0)
      if (column + 1 < columns && row + 1 < rows) meet(own, labels[at + columns + 1] ?? 0)
      if (column > 0 && row + 1 < rows) meet(own, labels[at + columns - 1] ?? 0)
    }
  return [...pairs]
    .sort((one, other) => one - other)
    .map((pair) => [Math.floor(pair / classes), pair % classes])
}

/** Lines of equal scores. The library's areas are closed along the grid's edge, which is no boundary: they are opened there. */
function equalityLines({ columns, rows, classes, scores }: ScoreGrid, a: number, b: number): Place[][] {
  const lead = Array.from(
    { length: columns * rows },
    (_, i) => (scores[i * classes + a] ?? 0) - (scores[i * classes + b] ?? 0),
  )
  const area = contours().size([columns, rows]).smooth(true).contour(lead, 0)
  const onEdge = ([px = 0, py = 0]: readonly number[]): boolean =>
    px <= 0 || py <= 0 || px >= columns || py >= rows
  return area.coordinates.flat().flatMap((ring) => opened(ring, onEdge).map((line) => line.map(gridPlace)))
}

/** The library has grid points in the middle of cells. */
const gridPlace = ([px = 0, py = 0]: readonly number[]): Place => [px - 0.5, py - 0.5]

/** The parts of a ring that are not on the edge; the ring itself where it never is. */
function opened<P>(ring: readonly P[], onEdge: (point: P) => boolean): P[][] {
  const start = ring.findIndex(onEdge)
  if (start < 0) return [[...ring]]
  const lines: P[][] = [[]]
  // a ring ends with its first point
  for (const point of [...ring.slice(start, -1), ...ring.slice(0, start)])
    if (onEdge(point)) lines.push([])
    else lines.at(-1)?.push(point)
  return lines.filter(({ length }) => length > 1)
}

/** The parts of a line on which the pair's scores are the largest of all, up to where a third is as large. */
function largestParts(grid: ScoreGrid, [a, b]: readonly [number, number], line: readonly Place[]): Place[][] {
  const parts: Place[][] = []
  let part: Place[] = []
  let before: { readonly place: Place; readonly lead: number } | undefined
  for (const place of line) {
    const lead = leadOver(grid, a, b, place)
    if (before && before.lead < 0 !== lead < 0) {
      const t = before.lead / (before.lead - lead)
      part.push([
        before.place[0] + t * (place[0] - before.place[0]),
        before.place[1] + t * (place[1] - before.place[1]),
      ])
    }
    if (lead >= 0) part.push(place)
    else if (part.length > 0) {
      parts.push(part)
      part = []
    }
    before = { place, lead }
  }
  return [...parts, part].filter(({ length }) => length > 1)
}

/** How far the score of `a` is above those of all classes but `b`. */
function leadOver(grid: ScoreGrid, a: number, b: number, place: Place): number {
  let most = -Infinity
  for (let k = 0; k < grid.classes; k++)
    if (k !== a && k !== b) most = Math.max(most, scoreAt(grid, k, place))
  return scoreAt(grid, a, place) - most
}

/** A score between four points. */
function scoreAt({ columns, rows, classes, scores }: ScoreGrid, k: number, [column, row]: Place): number {
  const left = Math.min(columns - 2, Math.max(0, Math.floor(column)))
  const low = Math.min(rows - 2, Math.max(0, Math.floor(row)))
  const at = (dx: number, dy: number) => scores[((low + dy) * columns + left + dx) * classes + k] ?? 0
  const [u, v] = [column - left, row - low]
  return (1 - v) * ((1 - u) * at(0, 0) + u * at(1, 0)) + v * ((1 - u) * at(0, 1) + u * at(1, 1))
}
