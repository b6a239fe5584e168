import type { PodTemplate } from '../../api/pod-template.ts'

/** What a dry run of the creation of a request's pod showed. */
export type Rehearsal =
  | { readonly outcome: 'admitted'; readonly pod: PodTemplate }
  /** A webhook of the cluster has side effects, so that no dry run can call it. `words` are the API server's. */
  | { readonly outcome: 'untold'; readonly words: string }
  /** The cluster may allow it later: quotas free up, and rules of the cluster change. */
  | { readonly outcome: 'refused'; readonly words: string }

/** Whether only the dry run is refused (NewDryRunUnsupportedErr in apiserver/pkg/admission/plugin/webhook/errors). */
export function isOfDryRun(status: number, words: string): boolean {
  return status === 400 && words.includes('does not support dry run')
}
