/** Names longer than this are compared by their beginnings: whoever asks chooses how long a name is. */
const LONGEST = 100

/** The `count` candidates closest to a name, by edit distance. */
export const nearest = (name: string, candidates: readonly string[], count: number): readonly string[] =>
  candidates
    .map((candidate) => ({
      candidate,
      distance: editDistance(name.slice(0, LONGEST), candidate.slice(0, LONGEST)),
    }))
    .sort((a, b) => a.distance - b.distance)
    .slice(0, count)
    .map(({ candidate }) => candidate)

/** Levenshtein's distance: insertions, deletions and substitutions that turn `a` into `b`. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const substituted = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(substituted, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1))
    }
    row = next
  }
  return row[b.length] ?? 0
}

/** `; did you mean "steps"?`, or nothing when there is no candidate. */
export const didYouMean = (name: string, candidates: readonly string[]): string => {
  const [best] = nearest(name, candidates, 1)
  return best === undefined ? '' : `; did you mean "${best}"?`
}
