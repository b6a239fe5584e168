import type { Outcome } from './outcome.ts'
import type { Note } from './note.ts'
import type { Made } from './source.ts'

/**
 * Keeps the last one of several results with the same kind and name, as `kubectl apply` would. The others get a note.
 */
export function keepOneOfEach(outcomes: readonly Outcome[]): readonly Outcome[] {
  const last = new Map<string, { readonly made: Made; readonly by: Outcome }>()
  for (const by of outcomes) for (const made of [...by.objects, ...by.requests]) last.set(keyOf(made), { made, by })
  const kept = new Set<string>()
  return outcomes.map((outcome) => {
    const notes: Note[] = []
    const keep = (made: Made): boolean => {
      const key = keyOf(made)
      const winner = last.get(key)
      if (!winner) return true
      // Several objects may need the same ClusterRole.
      if (JSON.stringify(winner.made) === JSON.stringify(made)) {
        const isFirst = !kept.has(key)
        kept.add(key)
        return isFirst
      }
      notes.push(replaced(made, winner.by))
      return false
    }
    const [objects, requests] = [outcome.objects.filter(keep), outcome.requests.filter(keep)]
    return notes.length === 0
      ? { ...outcome, objects, requests }
      : { ...outcome, objects, requests, notes: [...notes, ...outcome.notes] }
  })
}

function replaced({ kind, metadata }: Made, { origin, title }: Outcome): Note {
  return {
    path: '',
    effect: 'NoEqual',
    why: `${title} in ${origin} becomes ${kind} ${metadata.name ?? ''}, too, and only the last one is written`,
    remedy: 'Give one of them another name, and migrate again',
  }
}

function keyOf({ apiVersion, kind, metadata: { name, generateName, namespace } }: Made): string {
  // Each object that is made by generateName gets a name of its own.
  return JSON.stringify([apiVersion, kind, namespace, name ?? [generateName, crypto.randomUUID()]])
}
