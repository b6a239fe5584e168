import { fieldsOf } from '../../../api/fields.ts'
import { apiVersion } from '../../../api/kinds/kind.ts'
import type { Reader } from '../read/reader.ts'
import { groupsOf, type Context, type Source } from '../source.ts'
import { askedDuration } from './durations.ts'
import { filled } from './filled.ts'
import { defaultSuffix } from './kudo-policy.ts'
import { metadataOf } from './metadata.ts'

/** A request of kudo for the roles of a policy. */
export const kudoEscalation: Source = {
  system: 'kudo',
  groups: groupsOf.kudo,
  kind: 'Escalation',
  becomes: 'AccessRequest with `role`',
  fields: [
    { from: 'spec.policyName', to: 'spec.templateRef', how: 'a ClusterAccessTemplate' },
    {
      from: 'spec.requestor',
      how: 'Sallyport stamps the user who applies the request. The report says who has to apply it.',
    },
    { from: 'spec.reason', to: 'spec.reason' },
    {
      from: 'spec.namespace',
      to: 'metadata.namespace',
      how: 'Left out: the default namespace of the policy, if the files have that.',
    },
    { from: 'spec.duration', to: 'spec.duration', how: "Left out or zero: the template's default." },
  ],
  convert(object, context) {
    const { namespace: _none, ...metadata } = metadataOf(object)
    const spec = object.object('spec')
    const policy = spec.need('policyName')
    const reason = spec.need('reason')
    if (reason !== '' && reason.trim() === '') spec.refuse('reason', 'it is blank')
    tellRequestor(spec)
    const { namespace, suffix } = whereOf(spec, policy, context)
    const request = {
      apiVersion,
      kind: 'AccessRequest',
      metadata: { ...metadata, ...filled('namespace', namespace) },
      spec: {
        templateRef: { kind: 'ClusterAccessTemplate', name: policy + suffix },
        reason,
        ...askedDuration(spec, 'duration'),
        role: {},
      },
    }
    return { requests: [request] }
  },
}

function tellRequestor(spec: Reader): void {
  const requestor = spec.text('requestor')
  if (requestor === undefined) return
  spec.tell('requestor', {
    effect: 'Differs',
    why: 'Sallyport stamps the user who applies the request, and asks nobody for a name',
    remedy: `Only ${requestor} may apply it, under their own login`,
  })
}

interface Where {
  readonly namespace?: string
  readonly suffix: '' | typeof defaultSuffix
}

/** Returns the namespace to ask in. An escalation that names none means the default of each grant. */
function whereOf(spec: Reader, policyName: string, context: Context): Where {
  const asked = spec.text('namespace')
  if (asked !== undefined && asked !== '') return { namespace: asked, suffix: '' }
  const policy = fieldsOf(fieldsOf(context.find('EscalationPolicy', policyName)?.['spec'])['target'])
  const grants: readonly unknown[] = Array.isArray(policy['grants']) ? policy['grants'] : []
  const defaults = [...new Set(grants.map((grant) => textOf(fieldsOf(grant)['defaultNamespace'])))]
  const [namespace = ''] = defaults
  if (namespace !== '') return { namespace, suffix: defaults.length > 1 ? defaultSuffix : '' }
  spec.tell('policyName', {
    effect: 'Differs',
    why: 'the request names no namespace, and the files have no such policy with a default; it is made where it is applied',
    remedy: 'Give the file of its policy, too, or name the namespace with -n',
  })
  return { suffix: '' }
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
