import type { Manifest } from '../../api/manifest.ts'
import { liveDigest, type LiveObject } from '../../install/live-difference.ts'
import type { LeaseNotes } from './lease-notes.ts'

/**
 * Each object of the installation as a leader last saw it right. An object that still is so has been changed by nobody.
 * If it differs from what it must be, that has changed: another config, CA or version is in force.
 */
export interface SeenRight {
  /** Must be told of each object that is as it must be. */
  note(live: LiveObject, at: Pick<Manifest, 'kind' | 'metadata'>, signal: AbortSignal): Promise<void>
  /** True if nobody has changed the object since. */
  isUntouched(live: LiveObject, at: Pick<Manifest, 'kind' | 'metadata'>, signal: AbortSignal): Promise<boolean>
}

export function createSeenRight(notes: LeaseNotes): SeenRight {
  return {
    note: (live, at, signal) => notes.write(annotationOf(at), liveDigest(live), signal),
    isUntouched: async (live, at, signal) => (await notes.read(annotationOf(at), signal)) === liveDigest(live),
  }
}

function annotationOf({ kind, metadata }: Pick<Manifest, 'kind' | 'metadata'>): string {
  return `seen-right.access.sallyport.dev/${kind}.${metadata.name}`
}
