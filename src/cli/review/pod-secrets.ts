import type { Fields } from '../../api/fields.ts'
import { fieldAt, itemsOf } from '../../provision/shell/template/fields.ts'
import type { Line } from '../output/lines.ts'

/** Says if a container has a token of the pod's service account, and where. */
export function tokenLine(spec: Fields, container: Fields): Line {
  const mounted = mountsOf(spec, container).flatMap(({ volume, mountPath }) =>
    itemsOf(fieldAt(volume, 'projected', 'sources')).flatMap(({ serviceAccountToken }) =>
      serviceAccountToken === undefined ? [] : [mountPath + audienceText(serviceAccountToken)],
    ),
  )
  const account = typeof spec['serviceAccountName'] === 'string' ? spec['serviceAccountName'] : 'default'
  if (mounted.length === 0) return ['token', `no token of service account ${account} is mounted`]
  return ['token', `a token of service account ${account} is mounted at ${mounted.join(' and ')}`]
}

function audienceText(token: unknown): string {
  const audience = fieldAt(token, 'audience')
  return typeof audience === 'string' && audience !== '' ? ` (for ${audience})` : ''
}

/** Names the Secrets that a container holds, as files or in its environment. */
export function secretLine(spec: Fields, container: Fields): Line {
  const secrets = [...mountedSecrets(spec, container), ...secretsOfEnvironment(container)]
  return ['secrets', secrets.join(', ') || 'none is mounted or in its environment']
}

function mountedSecrets(spec: Fields, container: Fields): readonly string[] {
  return mountsOf(spec, container).flatMap(({ volume, mountPath }) => {
    const own = fieldAt(volume, 'secret', 'secretName')
    const projected = itemsOf(fieldAt(volume, 'projected', 'sources')).map((source) =>
      fieldAt(source, 'secret', 'name'),
    )
    return [own, ...projected].flatMap((name) => (name === undefined ? [] : [`${textOf(name)} at ${mountPath}`]))
  })
}

function secretsOfEnvironment(container: Fields): readonly string[] {
  const single = itemsOf(container['env']).map((variable) => fieldAt(variable, 'valueFrom', 'secretKeyRef', 'name'))
  const whole = itemsOf(container['envFrom']).map((source) => fieldAt(source, 'secretRef', 'name'))
  const names = [...single, ...whole].filter((name) => name !== undefined)
  return [...new Set(names.map(textOf))].map((name) => `${name} in its environment`)
}

/** Writes a field that nobody has checked. It may have another type than the API server gives it. */
export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

interface Mount {
  readonly volume: Fields
  readonly mountPath: string
}

function mountsOf(spec: Fields, container: Fields): readonly Mount[] {
  const volumes = itemsOf(spec['volumes'])
  return itemsOf(container['volumeMounts']).flatMap(({ name, mountPath }) => {
    const volume = volumes.find((one) => one['name'] === name)
    return volume ? [{ volume, mountPath: textOf(mountPath) }] : []
  })
}
