import type { KeyPair } from '../../certs/authority.ts'
import type { Answered, ServedWebhook } from '../decision/webhook.ts'
import { boundPort } from './bound-port.ts'
import type { ByteBudget } from './byte-budget.ts'
import type { CallerCheck } from './callers/caller-check.ts'
import { createDoor } from './door.ts'
import type { Lifecycle } from './lifecycle.ts'
import type { RefusedCall } from './refusal.ts'
import { createReviewApp } from './review-app.ts'
import { trackUnused } from './unused-connections.ts'

export interface GateServerOptions {
  readonly webhooks: readonly ServedWebhook[]
  /** Undefined if there is none yet: then each handshake fails. */
  readonly pair: KeyPair | undefined
  readonly lifecycle: Lifecycle
  /** The proofs that a caller must give. */
  readonly callers: readonly CallerCheck[]
  /** PEM: the CAs that may have signed a caller's certificate. Undefined: no caller is asked for one. */
  readonly callerCa: string | undefined
  readonly budget: ByteBudget
  readonly onAnswer: (answered: Answered) => void
  /** Called for a call that was refused before its review was read. */
  readonly onRefusal: (refused: RefusedCall) => void
  /** Called when a proven caller went away before it had its answer. */
  readonly onGone: () => void
}

export interface GateServer {
  /** Resolves to the port. */
  listen(address: { host: string; port: number }): Promise<number>
  /** Uses this pair for new handshakes; open connections live on. */
  readonly setPair: (pair: KeyPair) => void
  /** Checks new handshakes against these CAs. */
  readonly setCallerCa: (ca: string) => void
  /**
   * Refuses new connections, closes idle ones and waits for the answers that are due. It does not wait for callers that
   * send only half of a request.
   */
  close(): Promise<void>
}

// A connection in the middle of its handshake delays the end, too. Node would wait two minutes.
const handshakeTimeoutMs = 5_000
// The wait after the server stops accepting calls. By then each handshake is over and each review is answered: our
// configurations ask for at most 5 s.
const lastAnswersMs = 6_000

export function createGateServer(options: GateServerOptions): GateServer {
  const { webhooks, lifecycle, onAnswer, onGone } = options
  // setSecureContext() forgets each option that it does not get again.
  let secure = { ...options.pair, ca: options.callerCa, minVersion: 'TLSv1.2' } as const
  const https = {
    ...secure,
    handshakeTimeout: handshakeTimeoutMs,
    requestCert: options.callerCa !== undefined,
    // The door refuses a bad certificate with a sentence.
    rejectUnauthorized: false,
  }
  const app = createReviewApp({ https, webhooks, lifecycle, door: createDoor(options), onAnswer, onGone })
  const unused = trackUnused(app.server)

  function secureWith(changed: Partial<typeof secure>): void {
    secure = { ...secure, ...changed }
    app.server.setSecureContext(secure)
  }

  return {
    async listen(address) {
      await app.listen({ ...address })
      return boundPort(app.server)
    },
    setPair: (pair) => {
      secureWith(pair)
    },
    setCallerCa(ca) {
      secureWith({ ca })
    },
    async close() {
      const closed = app.close()
      unused.destroyAll()
      // A closing server no longer ends slow requests, so that one of them would delay the end for ever.
      const cutOff = setTimeout(() => {
        app.server.closeAllConnections()
      }, lastAnswersMs)
      await closed
      clearTimeout(cutOff)
    },
  }
}
