/** Bounds the bytes of reviews that are in memory at once, over all connections. */
export interface ByteBudget {
  /** A place for a body of so many bytes, to be given back; undefined where there is none now. */
  take(bytes: number): ByteReservation | undefined
  /** Bytes that are taken now. */
  readonly taken: number
}

export interface ByteReservation {
  /** Once; again does nothing. */
  release(): void
}

// What a call holds beside its body.
const overheadBytes = 16 * 1024
// An exec with a long command fits. Larger calls together leave a quarter to smaller ones.
const smallBytes = 64 * 1024
const largeShare = 0.75

export function createByteBudget(limit: number): ByteBudget {
  let taken = 0
  return {
    take(body) {
      const bytes = body + overheadBytes
      if (taken + bytes > (body > smallBytes ? limit * largeShare : limit)) return undefined
      taken += bytes
      let isReleased = false
      return {
        release() {
          if (!isReleased) taken -= bytes
          isReleased = true
        },
      }
    },
    get taken() {
      return taken
    },
  }
}
