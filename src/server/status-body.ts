/** The HTTP codes of refusals before a review is read. */
export type RefusalStatus = 400 | 403 | 404 | 405 | 408 | 413 | 415 | 431 | 500 | 503

const reasons: Readonly<Record<number, string>> = {
  400: 'BadRequest',
  403: 'Forbidden',
  404: 'NotFound',
  405: 'MethodNotAllowed',
  413: 'RequestEntityTooLarge',
  415: 'UnsupportedMediaType',
  422: 'Invalid',
  500: 'InternalError',
  503: 'ServiceUnavailable',
}

/** Returns the `reason` of a meta/v1 Status; kubectl prints it in brackets. */
export function reasonOf(code: number): string {
  return reasons[code] ?? 'Unknown'
}

/**
 * Makes a meta/v1 Status. As the body of a failed webhook call, its message reaches the user. The API server hides the
 * message of an AdmissionReview without a uid, and the text of a bare 400.
 */
export function statusBody(code: RefusalStatus, message: string): object {
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason: reasonOf(code), code }
}
