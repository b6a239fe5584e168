import { isConflict } from '../client/api-error.ts'
import type { Instant } from '../clock/clock.ts'
import { createLeaseHolder, type LeaseHolder, type LeaseOptions } from './lease-holder.ts'
import { guardSilence } from '../reflector/silence-timer.ts'

export interface LeaderOptions extends Omit<LeaseOptions, 'leaseDurationMs'> {
  /** The time for which others wait for a silent leader; whole seconds, in ms. */
  readonly leaseDurationMs?: number
  /** A leader that could not renew for this long stops leading. */
  readonly renewDeadlineMs?: number
  /** The pause between two looks at the Lease. */
  readonly retryPeriodMs?: number
  /** Returns a number from 0 up to, not including, 1; Math.random if left out. */
  readonly random?: () => number
  readonly log?: (event: LeaderEvent) => void
}

export type LeaderEvent =
  | { readonly event: 'leading' }
  /** `lost` is true if the leader did not stop of its own accord. */
  | { readonly event: 'stopped-leading'; readonly lost: boolean }
  | { readonly event: 'lease-failed'; readonly error: unknown }
  /** `lead` threw this after it had been told to stop. */
  | { readonly event: 'late-failure'; readonly error: unknown }

/**
 * The work of a leader, until its signal aborts. From then on it has leaseDuration - renewDeadline to end the calls in
 * hand.
 * @param isOurs true if, by the clock, the lease is surely still ours. A process that was stopped and goes on gets the
 * answers that came meanwhile before its timers, and so before the signal. So ask this before each write.
 */
export type Lead = (signal: AbortSignal, isOurs: () => boolean) => Promise<void>

// The values of client-go. A leader that hears nothing gives up after 10 s. Five more seconds are left for its writes
// in hand before another may begin.
const defaults = { leaseDurationMs: 15_000, renewDeadlineMs: 10_000, retryPeriodMs: 2_000 } as const
// Candidates that started together do not stay together.
const jitter = 0.2

/**
 * Runs `lead` while this process is the leader, and only then; one at a time.
 *
 * Resolves when the signal has aborted or `lead` has returned by itself. The lease is then given back, so that a
 * successor starts at its next look. After someone deletes the Lease, two leaders may run for up to one retryPeriod. A
 * leader that dies is succeeded after leaseDuration + retryPeriod at the latest.
 * @throws the error of `lead` while it leads; RangeError if the periods contradict each other
 */
export async function runAsLeader(options: LeaderOptions, lead: Lead, signal: AbortSignal): Promise<void> {
  const timing = timingOf(options)
  const holder = createLeaseHolder({ ...options, leaseDurationMs: timing.leaseDurationMs })
  const candidate = { ...options, ...timing, holder }
  while (!signal.aborted) {
    const since = await waitForLease(candidate, signal)
    if (since === undefined) return
    options.log?.({ event: 'leading' })
    const end = await leadOnce(candidate, { lead, since, outer: signal })
    options.log?.({ event: 'stopped-leading', lost: end.kind === 'lost' })
    if (end.kind === 'lost') continue
    await giveBack(candidate)
    if (end.kind === 'failed') throw end.error
    return
  }
}

type Candidate = LeaderOptions & Timing & { readonly holder: LeaseHolder }
type Timing = Readonly<Record<'leaseDurationMs' | 'renewDeadlineMs' | 'retryPeriodMs', number>>

/** Resolves to the moment from which the lease is surely ours; to undefined if the signal aborted first. */
async function waitForLease(candidate: Candidate, signal: AbortSignal): Promise<Instant | undefined> {
  const { clock, holder, log } = candidate
  while (!signal.aborted) {
    let lookAgainAt = nextLook(candidate)
    try {
      const attempt = await holder.acquire(signal)
      if (attempt.held) return attempt.since
      lookAgainAt = Math.min(lookAgainAt, attempt.freeAt)
    } catch (error) {
      // After a conflict, another candidate was faster.
      if (hasEnded(signal)) await giveBack(candidate)
      else if (!isConflict(error)) log?.({ event: 'lease-failed', error })
    }
    // Rejects only on the abort, and that ends the loop.
    await clock.sleepUntil(lookAgainAt, signal).catch(() => undefined)
  }
  return undefined
}

/** Gives the lease back, also after an attempt that was called off: it may have succeeded. */
async function giveBack({ holder, log }: Candidate): Promise<void> {
  await holder.release().catch((error: unknown) => log?.({ event: 'lease-failed', error }))
}

type TermEnd =
  { readonly kind: 'done' } | { readonly kind: 'lost' } | { readonly kind: 'failed'; readonly error: unknown }

async function leadOnce(
  candidate: Candidate,
  { lead, since, outer }: { readonly lead: Lead; readonly since: Instant; readonly outer: AbortSignal },
): Promise<TermEnd> {
  const { clock, renewDeadlineMs, log } = candidate
  const term = new AbortController()
  const state = { renewedAt: since, isLost: false }
  const stop = () => {
    term.abort(outer.reason)
  }
  outer.addEventListener('abort', stop, { once: true })
  if (outer.aborted) stop()
  // Its timer runs beside the renewals: a renewal that hangs must not delay the end.
  const guard = guardSilence({ clock, limitMs: renewDeadlineMs, lastHeard: () => state.renewedAt, outer: term.signal })
  const renewals = keepRenewing(candidate, guard.signal, (at) => {
    if (at !== undefined) {
      state.renewedAt = at
      return
    }
    state.isLost = true
    term.abort(new Error('the lease is held by another'))
  })
  const isOurs = () => !guard.signal.aborted && clock.now() < state.renewedAt + renewDeadlineMs
  const endOfTerm = (): TermEnd => ({ kind: state.isLost || guard.isSilent() ? 'lost' : 'done' })
  try {
    await lead(guard.signal, isOurs)
    return endOfTerm()
  } catch (error) {
    if (!guard.signal.aborted) return { kind: 'failed', error }
    if (error !== guard.signal.reason) log?.({ event: 'late-failure', error })
    return endOfTerm()
  } finally {
    outer.removeEventListener('abort', stop)
    term.abort()
    guard.stop()
    // A renewal in flight would otherwise come after the release.
    await renewals
  }
}

/** Calls back with the moment of each renewal. If the lease is another's, calls back with undefined and ends. */
async function keepRenewing(
  candidate: Candidate,
  signal: AbortSignal,
  onRenewal: (at: Instant | undefined) => void,
): Promise<void> {
  const { clock, holder, log } = candidate
  while (!signal.aborted) {
    try {
      await clock.sleepUntil(nextLook(candidate), signal)
      const attempt = await holder.renew(signal)
      onRenewal(attempt.held ? attempt.since : undefined)
      if (!attempt.held) return
    } catch (error) {
      if (!hasEnded(signal)) log?.({ event: 'lease-failed', error })
    }
  }
}

/** Asks in a function, because TypeScript assumes that a signal which a loop has checked once does not change. */
function hasEnded(signal: AbortSignal): boolean {
  return signal.aborted
}

function nextLook({ clock, retryPeriodMs, random = Math.random }: Candidate): Instant {
  return clock.now() + retryPeriodMs * (1 - jitter * random())
}

function timingOf(options: LeaderOptions): Timing {
  const {
    leaseDurationMs = defaults.leaseDurationMs,
    renewDeadlineMs = defaults.renewDeadlineMs,
    retryPeriodMs = defaults.retryPeriodMs,
  } = options
  if (leaseDurationMs % 1_000 !== 0)
    throw new RangeError('leaseDuration must be whole seconds: a Lease holds no others')
  if (!(retryPeriodMs > 0 && retryPeriodMs < renewDeadlineMs && renewDeadlineMs < leaseDurationMs)) {
    throw new RangeError('retryPeriod must be shorter than renewDeadline, and that shorter than leaseDuration')
  }
  return { leaseDurationMs, renewDeadlineMs, retryPeriodMs }
}
