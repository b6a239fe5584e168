import type { ShellAccess } from '../../api/kinds/access/shell-access.ts'
import type { PodSpec, PodTemplate } from '../../api/pod-template.ts'
import { say } from '../../decision/text/sentence.ts'
import { withoutDanglingMounts, withoutDropped } from './template/dropped-fields.ts'
import { isBeyondMeasure, measure } from './template/measure.ts'
import { mutatedContainer, withResources } from './template/mutated-container.ts'
import { mutatedAnnotations, mutatedSpec } from './template/mutated-template.ts'
import { withoutOwnFields } from './template/own-fields.ts'
import { ownKeyProblems, sharedLabelProblems, withoutOwnKeys } from './template/own-labels.ts'
import { patchedTemplate, type WholeTemplate } from './template/patched-template.ts'
import { shellContainer, withContainer, withoutContainers } from './shell-container.ts'

type ShellTemplateMade =
  | { readonly ok: true; readonly template: WholeTemplate; readonly container: string }
  | { readonly ok: false; readonly problems: readonly string[] }

/**
 * Returns a shell pod before Sallyport sets its own fields. It is made from `source`, without the fields that belong to
 * the workload, and the access mutates it. The author's patch comes last, and every check comes after it.
 * @param amounts of resources that the request asks for
 */
export function shellTemplate(
  source: PodTemplate,
  shell: ShellAccess,
  amounts: Readonly<Record<string, string>> = {},
): ShellTemplateMade {
  if (isBeyondMeasure(source)) return { ok: false, problems: [`the pod template has more than ${measure}`] }
  const entered = shellContainer(source, shell)
  if (!entered.ok) return { ok: false, problems: [entered.problem] }
  const patched = patchedTemplate(mutated(source, shell, entered.name, amounts), shell.mutate?.jsonPatch)
  if (!patched.ok) return patched
  const problems = problemsOf(patched.template, entered.name, source)
  return problems.length > 0
    ? { ok: false, problems }
    : { ok: true, template: patched.template, container: entered.name }
}

function mutated(
  source: PodTemplate,
  shell: ShellAccess,
  container: string,
  amounts: Readonly<Record<string, string>>,
): WholeTemplate {
  const { mutate = {} } = shell
  const chosen = withoutContainers(source.spec, mutate.dropContainers)
  // If the pod template is the access's own, the API server tells its author of a mount without volume.
  const mounted = shell.from ? withoutDanglingMounts : (spec: PodSpec) => spec
  const spec = mounted(withoutOwnFields(withoutDropped(chosen, mutate.keep ?? [])))
  return {
    metadata: {
      // These are never the source's labels: a Service could select the pod by them.
      labels: mutate.labels ?? {},
      annotations: mutatedAnnotations(withoutOwnKeys(source.metadata?.annotations ?? {}), mutate),
    },
    spec: withContainer(mutatedSpec(spec, mutate), container, (one) =>
      withResources(mutatedContainer(one, mutate), amounts),
    ),
  }
}

function problemsOf({ metadata, spec }: WholeTemplate, container: string, source: PodTemplate): readonly string[] {
  const isThere = spec.containers.some(({ name }) => name === container)
  return [
    ...(isThere ? [] : [say`mutate.jsonPatch removes ${container}, which is the container to enter`]),
    ...ownKeyProblems('metadata.labels', metadata.labels),
    ...ownKeyProblems('metadata.annotations', metadata.annotations),
    ...sharedLabelProblems(metadata.labels, source.metadata?.labels),
  ]
}
