import type { Manifest } from '../../api/manifest.ts'
import type { PodTemplate } from '../../api/pod-template.ts'
import type { Unresolved } from '../../decision/kinds/exec/resolve-target.ts'
import type { TaskContainer } from '../../decision/kinds/task/task-container.ts'
import { quoted } from '../../decision/text/sentence.ts'

/** An ephemeral container that is added to a pod that exists. */
export interface AddedContainer {
  readonly adds: TaskContainer
  readonly to: { readonly namespace?: string | undefined; readonly name: string; readonly uid?: string | undefined }
}

/** A dry run creates a pod, or adds a container to one. */
export type Rehearsed = { readonly creates: Manifest } | AddedContainer

/** The result of a dry run that creates the request's pod, or adds its task to a pod. */
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

/** Returns why nobody reviews the request yet: the API server's words about what was tried. */
export function refusedRehearsal(
  what: 'Pod' | 'task',
  { words }: Extract<Rehearsal, { outcome: 'refused' }>,
): Unresolved {
  return {
    problem: `the API server refused its ${what}, and Sallyport tries again: ${quoted(words)}`,
    final: false,
    isRefused: true,
  }
}
