import { createFairQueue, type GroupTurn } from './fair-queue.ts'

/**
 * Keys that wait, and keys in hand: no key is both. A key that is added while it is in hand waits again after that. In
 * client-go, the dirty set holds both the keys that wait here and those that are to wait again.
 */
export interface KeysInHand {
  add(key: string): void
  /** Takes the next key to work on. It is in hand until `done`. */
  take(): GroupTurn<string> | undefined
  /** Makes the key wait again once it is done, as if it had been added meanwhile. */
  keep(key: string): void
  /** Lets go of a key. Returns true if it is to be added again. */
  done(key: string): boolean
  /** Tells that the turn of a group has ended. */
  endTurn(group: string): void
}

/**
 * Starts without keys.
 * @param groupOf the group of a key: groups take turns
 */
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
