/** A fault: what the proxy does to one request, so that it does not pass it on as it is. */
export type Fault =
  /** Answers in place of the API server. */
  | {
      readonly kind: 'answer'
      readonly status: number
      readonly headers?: Record<string, string>
      readonly body: string
    }
  /** Ends the connection with a TCP reset after so many bytes of the body. With 0 it does so before any answer. */
  | { readonly kind: 'reset'; readonly afterBytes: number }
  /** The API server gets the request and acts on it, but its answer is lost in a reset. */
  | { readonly kind: 'lose-answer' }
  /** Never answers, and passes nothing on. */
  | { readonly kind: 'silence' }
  /**
   * The API server gets the request and acts on it at once. Then the proxy calls `until`, and sends the answer when it
   * resolves.
   */
  | { readonly kind: 'hold-answer'; readonly until: () => Promise<unknown> }
  /** Ends the answer in good order after so many bytes of its body, like a middlebox that cuts. */
  | { readonly kind: 'truncate'; readonly afterBytes: number }

export interface ProxiedRequest {
  readonly method: string
  readonly path: string
  readonly query: URLSearchParams
  readonly isWatch: boolean
  /** The body of the request, or '' if it has none. */
  readonly body: string
}

/** Returns a v1 Status in place of the API server's answer. */
export function statusFault(code: number, reason: string, headers: Record<string, string> = {}): Fault {
  return { kind: 'answer', status: code, headers, body: JSON.stringify(v1Status(code, reason)) }
}

/** Returns a watch that is accepted and then gets an error event, as the API server does it. */
export function errorEventFault(code: number, reason: string): Fault {
  return { kind: 'answer', status: 200, body: `${JSON.stringify({ type: 'ERROR', object: v1Status(code, reason) })}\n` }
}

function v1Status(code: number, reason: string): object {
  const message = `the fault proxy says ${reason}`
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason, code }
}
