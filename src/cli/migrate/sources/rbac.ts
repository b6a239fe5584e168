import { fieldsOf, isFields, type Fields } from '../../../api/fields.ts'
import { installation } from '../../../api/installation.ts'
import type { Reader } from '../read/reader.ts'
import type { Context, FieldRow, Made, Source } from '../source.ts'
import { metadataOf } from './metadata.ts'
import { hasSourceRule, isFromSources, purposesOf, purposesOfRule, type Purpose } from './purposes.ts'

const rbac = 'rbac.authorization.k8s.io'
const roleOf = (purpose: Purpose): string => `${installation.name}-${purpose}`

const roleRows: readonly FieldRow[] = [
  {
    from: 'rules[]',
    how: "Rules about kinds of the four systems: their bindings become bindings of Sallyport's own roles. Other rules are not touched.",
  },
]

const bindingRows: readonly FieldRow[] = [
  {
    from: 'roleRef',
    to: 'roleRef',
    how: 'A right to write requests becomes `sallyport-requestor`, to write grants `sallyport-approver`, to write templates and policies `sallyport-template-author`, and only to read `sallyport-view`.',
  },
  {
    from: 'subjects',
    to: 'subjects',
    how: 'without service accounts: most of them run the old system',
  },
]

/** The roles of RBAC that give rights on kinds of the four systems. */
export const oldRoles: readonly Source[] = (['Role', 'ClusterRole'] as const).map((kind) => ({
  system: 'Kubernetes',
  groups: [rbac],
  kind,
  becomes: 'nothing: Sallyport has roles of its own',
  concerns: hasSourceRule,
  fields: roleRows,
  convert(object, context) {
    const { name = '', namespace } = metadataOf(object)
    const bindings = context.objects.filter((one) => refersTo(one, kind, name, namespace))
    for (const rule of object.objects('rules')) tellRule(rule, remedyFor(bindings))
    return {}
  },
}))

function remedyFor(bindings: readonly Fields[]): string | undefined {
  if (bindings.some((one) => peopleOf(one).length > 0)) return undefined
  if (bindings.length > 0) return 'Only service accounts have this role. If they run the old system, do nothing'
  return (
    'The files have no binding of this role. Bind the other one to the people who have it, ' +
    'unless they have it already: see who may do what in the README'
  )
}

function tellRule(reader: Reader, remedy: string | undefined): void {
  const rule = {
    apiGroups: reader.texts('apiGroups'),
    resources: reader.texts('resources'),
    verbs: reader.texts('verbs'),
  }
  if (!isFromSources(rule)) {
    reader.tellWhole({ effect: 'Ignored', why: 'it is not about kinds of the four systems, and the role keeps it' })
    return
  }
  const roles = purposesOfRule(rule).map(roleOf)
  if (roles.length === 0) {
    reader.tellWhole({ effect: 'NoEqual', why: 'Sallyport has no kind for these resources' })
    return
  }
  const why = `Sallyport has a ClusterRole of its own for this: ${roles.join(' and ')}`
  reader.tellWhole({ effect: 'Differs', why, ...(remedy !== undefined && { remedy }) })
}

/** The bindings of those roles. */
export const oldBindings: readonly Source[] = (['RoleBinding', 'ClusterRoleBinding'] as const).map((kind) => ({
  system: 'Kubernetes',
  groups: [rbac],
  kind,
  becomes: `${kind} of a ClusterRole of Sallyport`,
  concerns: (object, context) => purposesOf(boundRole(object, context)).length > 0,
  fields: bindingRows,
  convert(object, context) {
    const metadata = metadataOf(object)
    const ref = object.object('roleRef')
    if ((ref.text('apiGroup') ?? rbac) !== rbac) ref.refuse('apiGroup', `it must be ${rbac}`)
    const subjects = object.objects('subjects').flatMap(personOf)
    const purposes = purposesOf(context.find(ref.need('kind'), ref.need('name'), metadata.namespace))
    if (subjects.length === 0) return {}
    return { objects: purposes.map((purpose) => bindingTo(purpose, kind, metadata, subjects)) }
  },
}))

function bindingTo(purpose: Purpose, kind: string, metadata: Made['metadata'], subjects: readonly object[]): Made {
  const name = roleOf(purpose)
  return {
    apiVersion: `${rbac}/v1`,
    kind,
    metadata: { ...metadata, name: `${metadata.name ?? ''}-${name}` },
    roleRef: { apiGroup: rbac, kind: 'ClusterRole', name },
    subjects,
  }
}

function personOf(subject: Reader): readonly object[] {
  const [kind, name, apiGroup] = [subject.need('kind'), subject.need('name'), subject.text('apiGroup')]
  if (kind !== 'ServiceAccount') return [{ kind, name, apiGroup: apiGroup ?? rbac }]
  subject.text('namespace')
  subject.tellWhole({
    effect: 'NoEqual',
    why: 'most service accounts in such bindings run the old system, and that needs no right on the kinds of Sallyport',
    remedy: 'If this one asks for accesses, or decides on them, add it to the new binding',
  })
  return []
}

function boundRole({ roleRef, metadata }: Fields, context: Context): Fields | undefined {
  const { kind, name } = fieldsOf(roleRef)
  const { namespace } = fieldsOf(metadata)
  return context.find(String(kind), String(name), typeof namespace === 'string' ? namespace : undefined)
}

function refersTo(binding: Fields, kind: string, name: string, namespace: string | undefined): boolean {
  const ref = fieldsOf(binding['roleRef'])
  const isNear = kind === 'ClusterRole' || fieldsOf(binding['metadata'])['namespace'] === namespace
  return ref['kind'] === kind && ref['name'] === name && isNear
}

function peopleOf({ subjects }: Fields): readonly Fields[] {
  return Array.isArray(subjects) ? subjects.filter(isFields).filter(({ kind }) => kind !== 'ServiceAccount') : []
}
