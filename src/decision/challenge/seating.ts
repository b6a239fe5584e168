/** Places that take so many each. */
export interface Seat<P> {
  readonly count: number
  readonly takes: (person: P) => boolean
}

/**
 * Seats as many as can be seated, each in one place that takes them: a maximum bipartite matching, found by moving those
 * who sit already (augmenting paths). Whoever once has a seat keeps one, so that those who come first are preferred.
 * @returns for each place who sits there
 */
export function seat<P>(people: Iterable<P>, places: readonly Seat<P>[]): readonly (readonly P[])[] {
  const tables = places.map((place) => ({ place, seated: [] as P[] }))

  function find(person: P, tried: Set<Seat<P>>): boolean {
    for (const { place, seated } of tables) {
      if (tried.has(place) || !place.takes(person)) continue
      tried.add(place)
      if (seated.length < place.count) {
        seated.push(person)
        return true
      }
      const moved = seated.findIndex((other) => find(other, tried))
      if (moved >= 0) {
        seated[moved] = person
        return true
      }
    }
    return false
  }

  const isFull = (): boolean => tables.every(({ place, seated }) => seated.length >= place.count)
  for (const person of people) {
    if (isFull()) break
    find(person, new Set())
  }
  return tables.map(({ seated }) => seated)
}
