import type { PodTemplate } from '../../api/pod-template.ts'

/** The result of a dry run that creates the request's pod. */
export type Rehearsal =
  | { readonly outcome: 'admitted'; readonly pod: PodTemplate }
  /** A webhook of the cluster has side effects, so no dry run can call it. `words` are the API server's. */
  | { readonly outcome: 'untold'; readonly words: string }
  /** The cluster refuses the pod. It may allow it later: quotas free up, and the cluster's rules change. */
  | { readonly outcome: 'refused'; readonly words: string }

/**
 * True if the API server refuses only the dry run (NewDryRunUnsupportedErr in
 * apiserver/pkg/admission/plugin/webhook/errors).
 */
export function isOfDryRun(status: number, words: string): boolean {
  return status === 400 && words.includes('does not support dry run')
}
