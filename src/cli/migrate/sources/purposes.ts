import { fieldsOf, isFields, type Fields } from '../../../api/fields.ts'
import { sourceGroups } from '../source.ts'

/** The part that a person has. Sallyport has a ClusterRole for each. */
export type Purpose = 'view' | 'requestor' | 'approver' | 'template-author'

const ofResource = new Map<string, Purpose>(
  Object.entries({
    execaccessrequests: 'requestor',
    podaccessrequests: 'requestor',
    accessrequests: 'requestor',
    escalations: 'requestor',
    accessgrants: 'approver',
    execaccesstemplates: 'template-author',
    podaccesstemplates: 'template-author',
    accesstemplates: 'template-author',
    escalationpolicies: 'template-author',
  } as const),
)

const reading = ['get', 'list', 'watch']

/** Returns the parts that a role gives, by its rules about kinds of the four systems. */
export function purposesOf(role: Fields | undefined): readonly Purpose[] {
  const rules = role?.['rules']
  const found = new Set(Array.isArray(rules) ? rules.flatMap(purposesOfRule) : [])
  // Each of the other roles of Sallyport may read, too.
  return found.size > 1 ? [...found].filter((one) => one !== 'view') : [...found]
}

/** Returns the parts that one rule gives. */
export function purposesOfRule(rule: unknown): readonly Purpose[] {
  if (!isFromSources(rule)) return []
  const { resources, verbs } = fieldsOf(rule)
  const named = textsOf(resources).flatMap((resource) => {
    const [plural = '', subresource] = resource.split('/')
    // Only the controller of Sallyport writes a status.
    const mayWrite = subresource === undefined && textsOf(verbs).some((verb) => !reading.includes(verb))
    const purposes = plural === '*' ? [...ofResource.values()] : [ofResource.get(plural)]
    return purposes.flatMap((one) => (one === undefined ? [] : [mayWrite ? one : ('view' as const)]))
  })
  return [...new Set(named)]
}

/** True if a rule of RBAC names an API group of the four systems. */
export function isFromSources(rule: unknown): boolean {
  return textsOf(fieldsOf(rule)['apiGroups']).some((group) => sourceGroups.includes(group))
}

/** True if one of the rules of an object does. */
export function hasSourceRule(object: Fields): boolean {
  const { rules } = object
  return Array.isArray(rules) && rules.filter(isFields).some(isFromSources)
}

function textsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : []
}
