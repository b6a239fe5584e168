import { installation } from '../../src/api/installation.ts'

const { name } = installation

/** The text that Helm prints after an installation or an upgrade. Its commands work as printed. */
export const notes = `Sallyport {{ .Chart.AppVersion }} is in namespace {{ .Release.Namespace }}.

Nothing is gated yet. The leader makes the webhook configurations once it serves:

  kubectl rollout status deployment/${name} -n {{ .Release.Namespace }}
  kubectl get validatingwebhookconfiguration ${name}
{{- if eq (.Values.config.enforcement | default "Enforce") "Observe" }}

It observes: it records each call that it would deny, and denies none.
{{- end }}

Its pods keep to the Pod Security Standard "restricted". The namespace is yours, so its labels are, too:

  kubectl label namespace {{ .Release.Namespace }} pod-security.kubernetes.io/enforce=restricted

BEFORE YOU UNINSTALL: \`helm uninstall {{ .Release.Name }} -n {{ .Release.Namespace }}\` opens the cluster at once.
{{- if .Values.crds.keep }}
It ends what Sallyport gave, and keeps the kinds and their objects (crds.keep).
{{- else }}
It deletes the kinds with all requests, grants, templates and records, and so ends every access.
{{- end }}
Records that no sink has yet are lost. See first what is live, and what is recorded:

  kubectl get areq -A
  kubectl get arec -n {{ .Release.Namespace }}
`
