import { sleepUntilWoken } from '../../cluster/queue/wake-up.ts'
import type { ReflectorEvent } from '../../cluster/reflector/reflector-recovery.ts'
import { followGate } from './follow-gate.ts'
import { createLooks, type Looks } from './looks.ts'
import type { SelfCheckOptions } from './self-check-options.ts'

// Sallyport's own writes ring the bell, too. So do those of somebody who writes without end.
const betweenLooksMs = 1_000

/**
 * Checks that all that holds the gate is as it should be. It looks at the webhook configurations and their owner as soon
 * as they change, and at everything at each interval. It looks for ways in that the gate does not know, and for those
 * who may go past it. It only reads while nothing differs. On a cluster that was never closed, it closes the gate first.
 * It rejects with the signal's reason.
 */
export async function runSelfCheck(options: SelfCheckOptions, outer: AbortSignal): Promise<void> {
  const { client, log, bell } = options
  // All parts end when one ends.
  const stop = new AbortController()
  const signal = AbortSignal.any([outer, stop.signal])
  const looks = createLooks(options, signal)
  const followed = {
    client,
    onChange: () => {
      bell.wake()
    },
    log: (event: ReflectorEvent) => {
      if (event.event !== 'listed') log.warn({ ...event }, 'the self-check lost touch; it goes on')
    },
  }
  const parts = [followGate(followed, signal), keepLooking(options, looks, signal)]
  try {
    await Promise.race(parts)
  } finally {
    stop.abort()
    await Promise.allSettled(parts)
  }
}

/** The two looks go on beside each other: the one at the gate waits for no list of all roles. */
async function keepLooking({ clock, bell }: SelfCheckOptions, looks: Looks, signal: AbortSignal): Promise<never> {
  let { owner, nextAt } = await looks.atGate()
  async function atGate(): Promise<never> {
    for (;;) {
      await clock.sleepUntil(Math.min(nextAt, clock.now() + betweenLooksMs), signal)
      await sleepUntilWoken({ clock, wakeUp: bell }, nextAt, signal)
      ;({ owner, nextAt } = await looks.atGate())
    }
  }
  async function atRest(): Promise<never> {
    for (;;) {
      const restAt = await looks.atRest(owner)
      // The look at the gate tells what was found here, too.
      if (owner !== undefined) bell.wake()
      // Without an owner, somebody may be about to install the rest.
      await clock.sleepUntil(owner === undefined ? Math.min(restAt, clock.now() + betweenLooksMs) : restAt, signal)
    }
  }
  return Promise.race([atGate(), atRest()])
}
