/** A kind of place, with the number of people that it takes. */
export interface Seat<P> {
  readonly count: number
  readonly takes: (person: P) => boolean
}

/**
 * Seats as many people as possible, each in one place that takes them. It is a maximum bipartite matching, found by
 * moving people who sit already (augmenting paths). A person who has a seat keeps one, so those who come first are
 * preferred.
 * @returns For each place, the people who sit there.
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
