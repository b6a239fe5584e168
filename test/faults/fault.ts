/** What the proxy does to one request instead of passing it on as it is. */
export type Fault =
  /** Answers in the API server's stead. */
  | {
      readonly kind: 'answer'
      readonly status: number
      readonly headers?: Record<string, string>
      readonly body: string
    }
  /** Ends the connection with a TCP reset once so many bytes of the body have come through; 0: before any answer. */
  | { readonly kind: 'reset'; readonly afterBytes: number }
  /** The API server gets the request and acts on it, but its answer is lost in a reset. */
  | { readonly kind: 'lose-answer' }
  /** Never answers, and passes nothing on. */
  | { readonly kind: 'silence' }
  /** The API server gets the request and acts on it at once; its answer comes when this, asked once it is there, resolves. */
  | { readonly kind: 'hold-answer'; readonly until: () => Promise<unknown> }
  /** Ends the answer in good order after so many bytes of its body, as a middlebox does that cuts. */
  | { readonly kind: 'truncate'; readonly afterBytes: number }

export interface ProxiedRequest {
  readonly method: string
  readonly path: string
  readonly query: URLSearchParams
  readonly isWatch: boolean
  /** '' where there is none. */
  readonly body: string
}

/** A v1 Status in the API server's stead. */
export function statusFault(code: number, reason: string, headers: Record<string, string> = {}): Fault {
  return { kind: 'answer', status: code, headers, body: JSON.stringify(v1Status(code, reason)) }
}

/** A watch that is accepted and then told of an error, as the API server does it. */
export function errorEventFault(code: number, reason: string): Fault {
  return { kind: 'answer', status: 200, body: `${JSON.stringify({ type: 'ERROR', object: v1Status(code, reason) })}\n` }
}

function v1Status(code: number, reason: string): object {
  const message = `the fault proxy says ${reason}`
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason, code }
}
