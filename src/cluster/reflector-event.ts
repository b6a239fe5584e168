/** What a reflector tells its log; none of it asks anybody to act, unless it keeps saying so. */
export type ReflectorEvent =
  | { readonly event: 'listed'; readonly objects: number; readonly resourceVersion: string }
  | {
      readonly event: 'failed'
      readonly error: unknown
      readonly during: 'list' | 'watch'
      readonly next: 'list' | 'watch'
      readonly retryInMs: number
    }
  /** Nothing came through a watch for so long that its connection was taken for dead. */
  | { readonly event: 'silent' }
  /** `onChange` threw; the change counts nevertheless. */
  | { readonly event: 'handler-failed'; readonly key: string; readonly error: unknown }

export type ReflectorLog = (event: ReflectorEvent) => void
