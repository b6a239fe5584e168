import { createFairQueue, type GroupTurn } from './fair-queue.ts'

/**
 * Keys that wait, and keys that are worked on: no key is both. A key that is added while it is worked on waits again after that.
 * client-go's dirty set is what waits here, together with what is to wait again.
 */
export interface KeysInHand {
  add(key: string): void
  /** The next key to work on; it is in hand until `done`. */
  take(): GroupTurn<string> | undefined
  /** Has the key wait again once it is done, as if it had been added meanwhile. */
  keep(key: string): void
  /** Lets go of a key; true where it is to be added again. */
  done(key: string): boolean
  /** Says that the turn of a group has ended. */
  endTurn(group: string): void
}

/** @param groupOf the group of a key: groups take turns */
export function createKeysInHand(groupOf: (key: string) => string): KeysInHand {
  const waiting = createFairQueue<string>()
  const again = new Set<string>()
  const inHand = new Set<string>()
  return {
    add(key) {
      if (inHand.has(key)) again.add(key)
      else waiting.add(groupOf(key), key)
    },
    take() {
      const turn = waiting.take()
      if (turn) inHand.add(turn.item)
      return turn
    },
    keep(key) {
      again.add(key)
    },
    done(key) {
      inHand.delete(key)
      return again.delete(key)
    },
    endTurn(group) {
      waiting.done(group)
    },
  }
}
