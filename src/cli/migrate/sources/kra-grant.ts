import { shellWords } from '../../../decision/text/argv.ts'
import { groupsOf, type Source } from '../source.ts'
import { metadataOf } from './metadata.ts'

/** A grant of kube-request-access. It names a request and says nothing of what was asked, so it stays behind. */
export const kraGrant: Source = {
  system: 'kube-request-access',
  groups: groupsOf.kra,
  kind: 'AccessGrant',
  becomes: 'nothing: an approver looks at the new request, and decides anew',
  fields: [
    {
      from: 'spec.grantFor',
      how: 'A grant of Sallyport quotes the digest of the request that the approver looked at.',
    },
    { from: 'spec.grantedBy.username', how: 'Anybody could write any name into it. Sallyport stamps the approver.' },
    {
      from: 'status',
      how: '`granted` or `denied`: the approver runs `kubectl access approve` or `kubectl access deny`.',
    },
  ],
  convert(object) {
    const spec = object.object('spec')
    const status = object.text('status')
    // The names of old and new request are the same, unless the old one came from generateName.
    const verb = status === 'denied' ? 'deny' : 'approve'
    const { namespace } = metadataOf(object)
    if (status !== undefined) object.tell('status', { effect: 'NoEqual', why: 'a verdict is for one digest' })
    const grantor = spec.object('grantedBy')
    const username = grantor.text('username')
    if (username !== undefined) {
      grantor.tell('username', {
        effect: 'NoEqual',
        why: 'kube-request-access takes any name here, so it proves nothing; Sallyport stamps the approver',
      })
    }
    const where = namespace === undefined ? [] : ['-n', namespace]
    const command = shellWords(['kubectl', 'access', verb, ...where, spec.need('grantFor')])
    spec.tell('grantFor', {
      effect: 'NoEqual',
      why: 'a grant of Sallyport quotes the digest of what the approver saw, and nobody has seen the new request',
      remedy: 'When the new request is there, the approver looks at it, and decides',
      ...(command !== undefined && { command }),
    })
    return {}
  },
}
