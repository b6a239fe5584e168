import { apiVersion } from '../../../api/kinds/kind.ts'
import type { Reader } from '../read/reader.ts'
import { groupsOf, type Source } from '../source.ts'
import { askedDuration } from './durations.ts'
import { filled } from './filled.ts'
import { metadataOf } from './metadata.ts'

const maxCommand = 16_384

/** A request of kube-request-access for one exec. */
export const kraRequest: Source = {
  system: 'kube-request-access',
  groups: groupsOf.kra,
  kind: 'AccessRequest',
  becomes: 'AccessRequest with `exec`, without a template',
  fields: [
    {
      from: 'spec.userInfo.username',
      how: 'Sallyport stamps the user who applies the request. The report says who has to apply it.',
    },
    { from: 'spec.forObject.resource, subResource', to: 'spec.exec', how: 'only core/v1 `pods` and `exec`' },
    { from: 'spec.forObject.name', to: 'spec.exec.pod' },
    { from: 'spec.forObject.namespace', to: 'metadata.namespace' },
    {
      from: 'spec.validFor',
      to: 'spec.duration',
      how: 'Left out: the new request says `once`, and waits an hour for its use.',
    },
    { from: 'spec.execOptions.container', to: 'spec.exec.container' },
    { from: 'spec.execOptions.command', to: 'spec.exec.command', how: 'Left out or empty: any command.' },
    { from: 'spec.execOptions.stdin, tty', to: 'spec.exec.stdin, tty' },
    { from: 'spec.execOptions.stdout, stderr', how: 'Every exec of Sallyport has both.' },
    { from: 'spec.execOptions.apiVersion, kind', how: 'They say that these are options of an exec.' },
    { from: 'spec.customKeys', to: 'spec.attributes' },
  ],
  convert(object) {
    const metadata = metadataOf(object)
    const spec = object.object('spec')
    const { pod, namespace } = podOf(spec.object('forObject'), metadata.namespace)
    const attributes = spec.map('customKeys')
    const duration = askedDuration(spec, 'validFor')
    tellRequestor(spec)
    const request = {
      apiVersion,
      kind: 'AccessRequest',
      metadata: { ...metadata, ...(namespace !== undefined && { namespace }) },
      spec: {
        ...duration,
        ...filled('once', duration.duration === undefined),
        exec: { pod, ...execOf(spec.object('execOptions')) },
        ...filled('attributes', attributes),
      },
    }
    return { requests: [request] }
  },
}

function tellRequestor(spec: Reader): void {
  const user = spec.object('userInfo')
  const username = user.need('username')
  user.tell('username', {
    effect: 'Differs',
    why: 'Sallyport stamps the user who applies the request, and asks nobody for a name',
    remedy: `Only ${username} may apply it, under their own login`,
  })
}

interface FoundPod {
  readonly pod: string
  readonly namespace: string | undefined
}

function podOf(target: Reader, ownNamespace: string | undefined): FoundPod {
  const resource = target.object('resource')
  const [group, version, name] = [resource.text('group') ?? '', resource.text('version'), resource.text('resource')]
  if (group !== '' || version !== 'v1' || name !== 'pods') {
    target.refuse('resource', 'only pods of the core group, version v1, can be entered')
  }
  if (target.need('subResource') !== 'exec') target.refuse('subResource', 'only exec can be asked for')
  const namespace = target.text('namespace')
  if (namespace !== undefined && ownNamespace !== undefined && namespace !== ownNamespace) {
    target.refuse('namespace', 'it is not the namespace of the request, so the request never let anybody in')
  }
  return { pod: target.need('name'), namespace: namespace ?? ownNamespace }
}

const fixed = [
  ['kind', 'PodExecOptions'],
  ['apiVersion', 'v1'],
] as const

function execOf(options: Reader): object {
  for (const [field, meant] of fixed) {
    if ((options.text(field) ?? meant) !== meant) options.refuse(field, `only ${meant} can be asked for`)
  }
  for (const stream of ['stdout', 'stderr']) {
    if (options.flag(stream) !== false) continue
    options.tell(stream, { effect: 'Differs', why: 'an exec of Sallyport may always read what the command prints' })
  }
  const command = options.texts('command') ?? []
  if (command.join('').length > maxCommand) {
    options.refuse('command', `it is longer than ${maxCommand} characters`, 'Put it into a file or the image')
  }
  return {
    ...filled('container', options.text('container')),
    ...filled('command', command),
    ...filled('stdin', options.flag('stdin')),
    ...filled('tty', options.flag('tty')),
  }
}
