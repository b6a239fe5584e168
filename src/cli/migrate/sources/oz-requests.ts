import { apiVersion } from '../../../api/kinds/kind.ts'
import type { Reader } from '../read/reader.ts'
import { groupsOf, type FieldRow, type Source } from '../source.ts'
import { askedDuration } from './durations.ts'
import { filled } from './filled.ts'
import { metadataOf, namedSafely } from './metadata.ts'
import { shellSuffix } from './oz-pod-template.ts'

const rows: readonly FieldRow[] = [
  { from: 'spec.templateName', to: 'spec.templateRef.name' },
  {
    from: 'spec.duration',
    to: 'spec.duration',
    how: "The template's default if it is left out or zero. Sallyport refuses one that is longer than the template allows, and Oz shortens it.",
  },
]

/** Oz's request for an exec. Oz gives a terminal with every access, so the new request asks for one. */
export const ozExecRequest: Source = {
  system: 'Oz',
  groups: groupsOf.oz,
  kind: 'ExecAccessRequest',
  becomes: 'AccessRequest with `exec`, which asks for any command with a terminal',
  fields: [
    ...rows,
    { from: 'spec.targetPod', to: 'spec.exec.pod', how: "Left out: a ready pod of the template's workload." },
  ],
  convert(object) {
    const metadata = metadataOf(object)
    const spec = object.object('spec')
    const pod = spec.text('targetPod')
    const exec = { ...filled('pod', pod), stdin: true, tty: true }
    return { requests: [{ apiVersion, kind: 'AccessRequest', metadata, spec: { ...asked(spec, ''), exec } }] }
  },
}

/** Oz's request for a pod of one's own. */
export const ozPodRequest: Source = {
  system: 'Oz',
  groups: groupsOf.oz,
  kind: 'PodAccessRequest',
  becomes: 'AccessRequest with `shell`; its name ends in `-shell`',
  fields: rows,
  convert(object) {
    const metadata = metadataOf(object, shellSuffix)
    const spec = object.object('spec')
    const request = { apiVersion, kind: 'AccessRequest', metadata, spec: { ...asked(spec, shellSuffix), shell: {} } }
    return { requests: [request] }
  },
}

function asked(spec: Reader, suffix: string): object {
  const name = namedSafely(spec.need('templateName')) + suffix
  return { templateRef: { kind: 'AccessTemplate', name }, ...askedDuration(spec, 'duration') }
}
