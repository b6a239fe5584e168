import { installation } from '../../src/api/installation.ts'

const { name } = installation

/** The text that Helm prints after an installation or an upgrade. Its commands work as printed. */
export const notes = `Sallyport {{ .Chart.AppVersion }} is in namespace {{ .Release.Namespace }}.

Nothing is gated before it serves: only then the leader makes the webhook configurations.

  kubectl rollout status deployment/${name} -n {{ .Release.Namespace }}
  kubectl get validatingwebhookconfiguration ${name}
{{- if eq (.Values.config.enforcement | default "Enforce") "Observe" }}

It observes: it records each call that it would deny, and denies none.
{{- end }}

Its pods keep to the Pod Security Standard "restricted". The namespace is yours, so its labels are, too:

  kubectl label namespace {{ .Release.Namespace }} pod-security.kubernetes.io/enforce=restricted

BEFORE YOU UNINSTALL: \`helm uninstall {{ .Release.Name }} -n {{ .Release.Namespace }}\` opens the cluster at once.
{{- if .Values.crds.keep }}
It keeps the kinds and their objects (crds.keep). Nobody then ends an access that lives.
{{- else }}
It deletes the kinds with all requests, grants, templates and records.
{{- end }}
See what would be lost: accesses that live, and events that no sink has yet. End the accesses while Sallyport still runs:

  kubectl get accessrequests -A --field-selector status.phase=Active
  kubectl get accessrecords -n {{ .Release.Namespace }}
  kubectl delete accessrequests --all -A
`
