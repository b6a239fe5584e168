import { fieldsOf, isFields } from '../../../api/fields.ts'
import { shellWords } from '../../../decision/text/argv.ts'
import type { Reader } from '../read/reader.ts'
import { sourceGroups, type Source } from '../source.ts'
import { metadataOf } from './metadata.ts'
import { hasSourceRule } from './purposes.ts'

const crd = 'CustomResourceDefinition'

const kinds: Source = {
  system: 'Kubernetes',
  groups: ['apiextensions.k8s.io'],
  kind: crd,
  becomes: 'nothing: Sallyport has kinds of its own',
  fields: [{ from: 'spec', how: 'Delete the kind, and with it all of its objects, when you no longer need them.' }],
  concerns: (object) => sourceGroups.includes(String(fieldsOf(object['spec'])['group'])),
  convert(object) {
    tell(object, crd, 'it is a kind of the old system', 'When you no longer need its objects, delete it')
    return {}
  },
}

const why = 'the API server asks the old system by it, and Sallyport makes its own'

function webhooksOf(kind: 'ValidatingWebhookConfiguration' | 'MutatingWebhookConfiguration'): Source {
  return {
    system: 'Kubernetes',
    groups: ['admissionregistration.k8s.io'],
    kind,
    becomes: 'nothing: Sallyport makes its own',
    fields: [
      { from: 'webhooks', how: 'Delete it when you change over. Until then both systems must let a person in.' },
    ],
    concerns: ({ webhooks }) => Array.isArray(webhooks) && webhooks.filter(isFields).some(hasSourceRule),
    convert(object) {
      tell(object, kind, why, 'Delete it when you change over')
      return {}
    },
  }
}

/** Parts of the old installations that are to go when people change over. */
export const leftovers: readonly Source[] = [
  kinds,
  webhooksOf('ValidatingWebhookConfiguration'),
  webhooksOf('MutatingWebhookConfiguration'),
]

function tell(object: Reader, kind: string, reason: string, remedy: string): void {
  const { name = '' } = metadataOf(object)
  const command = shellWords(['kubectl', 'delete', kind.toLowerCase(), name])
  object.tellWhole({ effect: 'NoEqual', why: reason, remedy, ...(command !== undefined && { command }) })
}
