/** Limits the bytes of reviews that are in memory at once, over all connections. */
export interface ByteBudget {
  /** Reserves room for a body of this size, until it is released. Returns undefined if the room is used up. */
  take(bytes: number): ByteReservation | undefined
  /** The bytes that are reserved now. */
  readonly taken: number
}

export interface ByteReservation {
  /** Gives the room back. A second call does nothing. */
  release(): void
}

// The memory of a call beside its body.
const overheadBytes = 16 * 1024
// An exec with a long command is small. Larger calls together leave a quarter to small ones.
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
