import type { ExecAccess } from '../../api/kinds/access/exec-access.ts'
import type { AskOptions } from '../request/ask-options.ts'
import type { Place } from './place.ts'

/** The options of the verbs that bring the user into a pod. */
export interface EnterOptions extends Omit<AskOptions, 'name' | 'wait'> {
  readonly place: Place
  readonly container?: string
  readonly once?: boolean
  /** The longest time to wait for the access. */
  readonly wait?: string
}

/** A way into a pod, as a verb wants it. */
export interface Entry {
  /** The asks that would do, without pod and container. The first is tried, and is preferred. */
  readonly asks: readonly [ExecAccess, ...ExecAccess[]]
  /** The image of a debug container. */
  readonly image?: string
  /** Returns the arguments of kubectl. */
  readonly kubectl: (at: At, ask: ExecAccess) => readonly string[]
  /** True if the command reads stdin. Then no question can be answered there, unless it is a terminal. */
  readonly readsStdin: boolean
  /** The access that a new request asks for, in words. It is set if the user did not name the command. */
  readonly told?: string
}

/** The place that kubectl is sent to. */
export interface At {
  /** The pod, or TYPE/NAME. */
  readonly pod: string
  readonly container: string | undefined
  /** The capabilities that a debug container may add. Undefined before the access is known. */
  readonly capabilities?: readonly string[]
}
