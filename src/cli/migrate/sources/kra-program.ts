import { fieldsOf, isFields, type Fields } from '../../../api/fields.ts'
import type { Subject } from '../../../api/subject.ts'
import type { Told } from '../note.ts'
import type { Reader } from '../read/reader.ts'
import type { Converted, Source } from '../source.ts'
import { metadataOf } from './metadata.ts'

const program = 'kube-request-access'

/** The flags of kube-request-access without an equal, and what to do instead. */
const flags: Readonly<Record<string, Told>> = {
  'granted-role-name': {
    effect: 'NoEqual',
    why: 'Sallyport makes a Role and a RoleBinding for each access, for one user and one pod',
    remedy: 'Take this Role away once kube-request-access is gone: its rights are for every pod',
  },
  'audit-webhook-url': {
    effect: 'NoEqual',
    why: 'Sallyport sends other events, signed, and with a secret that you make',
    remedy: 'Let the server take them, and list it under audit.sinks in the config, with mode Required (docs/audit.md)',
  },
  'audit-webhook-ca-bundle': {
    effect: 'NoEqual',
    why: 'it belongs to the server of --audit-webhook-url',
    remedy: 'Name the CA in audit.sinks[].caFile of the config',
  },
  'extended-validation-webhook-url': {
    effect: 'NoEqual',
    why: 'Sallyport asks validators in another form, signed, and with a secret that you make',
    remedy: 'Let the server take it, and list it under validators in the config (docs/validators.md)',
  },
  'extended-validation-webhook-ca-bundle': {
    effect: 'NoEqual',
    why: 'it belongs to the server of --extended-validation-webhook-url',
    remedy: 'Name the CA in validators[].caFile of the config',
  },
  'cleanup-interval': { effect: 'NoEqual', why: 'Sallyport ends each access at its time' },
  'delete-after': {
    effect: 'NoEqual',
    why: 'Sallyport ends requests that nobody decides after requests.pendingTimeout',
    remedy: 'Set requests.pendingTimeout in the config, if 24h is not right',
  },
  'username-prefix': {
    effect: 'NoEqual',
    why: 'Sallyport reads the name that the API server has',
    remedy: 'See if the names in the report are right',
  },
  address: { effect: 'Ignored', why: 'the program needs it for itself' },
  'cert-file': { effect: 'Ignored', why: 'the program needs it for itself' },
  'key-file': { effect: 'Ignored', why: 'the program needs it for itself' },
  v: { effect: 'Ignored', why: 'it is about the log of the program' },
}

const allowed: Readonly<Record<string, Subject['kind']>> = {
  'always-allowed-group-name': 'Group',
  'always-allowed-user-name': 'User',
}

const kindOf = new Map(Object.entries(allowed))
const toldOf = new Map(Object.entries(flags))
const unknownFlag: Told = { effect: 'NoEqual', why: 'this flag is not known, or has no value' }

/** The Deployment that runs kube-request-access: its flags are its config. */
export const kraProgram: Source = {
  system: 'kube-request-access',
  groups: ['apps'],
  kind: 'Deployment',
  becomes: 'fields of the config of Sallyport, if a container runs kube-request-access',
  concerns: (object) => containersOf(object).some(isProgram),
  fields: [
    ...Object.keys(allowed).map((flag) => ({
      from: `--${flag}`,
      to: 'exemptions (config)',
      how: 'for `pods/exec` in all namespaces. Each use is recorded.',
    })),
    ...Object.entries(flags).map(([flag, { why, remedy }]) => ({
      from: `--${flag}`,
      how: `${why}. ${remedy === undefined ? '' : `${remedy}.`}`.trim(),
    })),
  ],
  convert(object) {
    metadataOf(object)
    const containers = object.object('spec').object('template').object('spec').objects('containers')
    const subjects = containers.flatMap((container) => [
      ...argumentsIn(container, 'command'),
      ...argumentsIn(container, 'args'),
    ])
    object.tellWhole({
      effect: 'NoEqual',
      why: 'Sallyport has a program of its own',
      remedy: 'Delete this Deployment when you change over',
    })
    return subjects.length === 0 ? {} : { config: exemptionFor(subjects) }
  },
}

function containersOf(object: Fields): readonly Fields[] {
  const { containers } = fieldsOf(fieldsOf(fieldsOf(object['spec'])['template'])['spec'])
  return Array.isArray(containers) ? containers.filter(isFields) : []
}

function isProgram({ image, command, args }: Fields): boolean {
  const named = JSON.stringify([image, command, args])
  return new RegExp(String.raw`[/"]${program}["@:]`).test(named)
}

/** Reads the flags in one list of words. Returns the subjects that they exempt. */
function argumentsIn(container: Reader, field: 'command' | 'args'): readonly Subject[] {
  const list = container.texts(field) ?? []
  return list.flatMap((word, index): readonly Subject[] => {
    const [, flag = '', attached] = /^--?([a-z][a-z-]*)(?:=(.*))?$/s.exec(word) ?? []
    const value = attached ?? list[index + 1] ?? ''
    const kind = kindOf.get(flag)
    if (kind !== undefined && value !== '') return [{ kind, name: value }]
    const told = toldOf.get(flag)
    if (told) container.tellItem(field, index, told)
    else if (flag !== '') container.tellItem(field, index, unknownFlag)
    return []
  })
}

function exemptionFor(subjects: readonly Subject[]): NonNullable<Converted['config']> {
  return {
    exemptions: [{ why: `always allowed in ${program}`, subjects, subresources: ['pods/exec'] }],
  }
}
