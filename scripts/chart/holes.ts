import { apiGroup } from '../../src/api/kinds/kind.ts'
import { allKinds } from '../../src/api/kinds/all-kinds.ts'
import { installation } from '../../src/api/installation.ts'
import type { Manifest } from '../../src/api/manifest.ts'
import { configFile, configMap, configText } from '../../src/install/deployed/config-map.ts'
import { certificateFiles } from '../../src/install/overlays/cert-manager.ts'
import { end, field, hole, more, structure, value, withHole } from './hole.ts'

/** A place in an object, and the hole that comes there. */
type Place = readonly [path: readonly string[], hole: string]

const { name } = installation
const template = ['spec', 'template']
const pod = [...template, 'spec']
const container = [...pod, 'containers', '0']

const checksum = hole(
  '{{- if .Values.restartOnConfigChange }}',
  `${apiGroup}/config-checksum: {{ include "${name}.config" . | sha256sum }}`,
  '{{- end }}',
)

const tlsVolume = hole(
  '{{- if ne .Values.tls.mode "selfManaged" }}',
  '- name: tls',
  '  secret:',
  `    secretName: {{ include "${name}.tlsSecret" . | quote }}`,
  '{{- end }}',
)

const tlsMount = hole(
  '{{- if ne .Values.tls.mode "selfManaged" }}',
  '- name: tls',
  `  mountPath: ${certificateFiles.folder}`,
  '  readOnly: true',
  '{{- end }}',
)

const deployment: readonly Place[] = [
  [['spec', 'replicas'], value('.Values.replicas')],
  [[...template, 'metadata', 'labels', end], more('.Values.podLabels')],
  [[...template, 'metadata', 'annotations', end], checksum],
  [[...template, 'metadata', 'annotations', end], more('.Values.podAnnotations')],
  [[...pod, 'priorityClassName'], hole('{{- with .Values.priorityClassName }}', 'KEY: {{ . | quote }}', '{{- end }}')],
  [[...pod, 'terminationGracePeriodSeconds'], value('.Values.terminationGracePeriodSeconds')],
  [[...pod, 'affinity'], structure('.Values.affinity')],
  [[...pod, 'tolerations'], structure('.Values.tolerations')],
  [[...pod, end], field('imagePullSecrets', '.Values.image.pullSecrets')],
  [[...pod, end], field('nodeSelector', '.Values.nodeSelector')],
  [[...pod, end], field('topologySpreadConstraints', '.Values.topologySpreadConstraints')],
  [[...container, 'env', '2', 'value'], value('.Values.terminationGracePeriodSeconds | quote')],
  [[...container, 'image'], value(`include "${name}.image" . | quote`)],
  [[...container, 'imagePullPolicy'], value('.Values.image.pullPolicy')],
  [[...container, 'resources'], structure('.Values.resources')],
  [[...container, 'volumeMounts', end], tlsMount],
  [[...container, 'volumeMounts', end], more('.Values.volumeMounts')],
  [[...pod, 'volumes', end], tlsVolume],
  [[...pod, 'volumes', end], more('.Values.volumes')],
]

// The right to read the kinds of `config.workloads`. RBAC writes the group of v1 as "".
const workloads = hole(
  '{{- range .Values.config.workloads }}',
  '- apiGroups:',
  '    - {{ contains "/" .apiVersion | ternary (splitList "/" .apiVersion | first) "" | quote }}',
  '  resources:',
  '    - {{ .plural | quote }}',
  '  verbs:',
  '    - get',
  '    - list',
  '    - watch',
  '{{- end }}',
)

const keep = hole('{{- if .Values.crds.keep }}', 'annotations:', '  helm.sh/resource-policy: keep', '{{- end }}')

/** The holes of each object, by kind and name. */
const holes: Readonly<Record<string, readonly Place[]>> = {
  [`Deployment/${name}`]: deployment,
  [`ClusterRole/${name}`]: [[['rules', end], workloads]],
  [`PodDisruptionBudget/${name}`]: [[['spec', 'minAvailable'], value('.Values.podDisruptionBudget.minAvailable')]],
  [`NetworkPolicy/${name}`]: [
    [['spec', 'ingress', '0', end], field('from', '.Values.networkPolicy.webhooksFrom')],
    [['spec', 'egress', end], more('.Values.networkPolicy.egress')],
  ],
  ...Object.fromEntries(
    allKinds.map(({ plural }): [string, readonly Place[]] => [
      `CustomResourceDefinition/${plural}.${apiGroup}`,
      [[['metadata', end], keep]],
    ]),
  ),
}

const filledConfig = hole(`{{- with include "${name}.config" . }}`, '{{- . | nindent +0 }}', '{{- end }}')

/** Returns the object with its holes. */
export function withHoles(manifest: Manifest): unknown {
  const key = `${manifest.kind}/${manifest.metadata.name}`
  if (key === `ConfigMap/${configFile.configMap}`) return configMap(configText(`${filledConfig}\n`))
  const places = holes[key] ?? []
  return places.reduce<unknown>((object, [path, put]) => withHole(object, path, put), manifest)
}
