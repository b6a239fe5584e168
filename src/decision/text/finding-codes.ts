/**
 * The findings that Sallyport reports. Nobody was refused for them. docs/errors.md is generated from this table.
 * A code never changes its meaning.
 */
export const findingCodes = {
  E_INSTALLATION_CHANGED: {
    meaning:
      'A webhook configuration, policy, binding or CustomResourceDefinition of Sallyport differed from the one that ' +
      'this version and its config make. `differences` says where, and `outcome` says what Sallyport did.',
    remedy:
      "Find out who changed it, in the API server's audit log. Until it was restored, ways in may have been open. " +
      'Sallyport only reports a CustomResourceDefinition: apply those of the version that runs.',
  },
  E_INSTALLATION_MISSING: {
    meaning:
      'A webhook configuration, policy, binding or CustomResourceDefinition of Sallyport was missing. ' +
      '`outcome` says what Sallyport did. ' +
      'If it is ClusterRole sallyport, Sallyport is being uninstalled, or its installation is not whole.',
    remedy:
      "Find out who deleted it, in the API server's audit log. If Sallyport did not make it anew, " +
      'apply the manifests, or name the CA in tls.caFile.',
  },
  E_NODES_PROXY: {
    meaning:
      'A ClusterRoleBinding lets those in `holders` use nodes/proxy. With it they can run commands in every pod, ' +
      'through the port of its kubelet. No admission asks the gate there. ' +
      '`ofTheCluster` names those that have it from Kubernetes itself.',
    remedy:
      'Give them nodes/metrics and nodes/stats instead of nodes/proxy (KubeletFineGrainedAuthz). ' +
      'Otherwise know that they pass the gate.',
  },
  E_NOT_CLOSED: {
    meaning:
      'The gate is not in force yet, and nothing was closed. The leader makes the ValidatingWebhookConfiguration ' +
      'only once it could also open a way in. `err` says what it lacks.',
    remedy:
      'Apply all manifests of this version. `err` names the part that is missing: a CA, a kind, or a right. ' +
      'The leader tries again every few seconds.',
  },
  E_NOT_REACHED: {
    meaning:
      'The gate is not in force yet, because the API server does not reach it. Closing it now would lock ' +
      'everybody out. `err` has the words of the API server.',
    remedy:
      'Check that Service sallyport has endpoints (`kubectl get endpointslices -n sallyport-system`). ' +
      'Let the control plane reach port 8443 of the pods: in a NetworkPolicy, and in the firewall or security group ' +
      'of the nodes. The page docs/compatibility.md says how, cloud by cloud. The leader tries again every few seconds.',
  },
  E_NOT_RESTORED: {
    meaning:
      'Something that the self-check found does not stay mended. The write failed, something undoes it at once, ' +
      'or the same comes for the third time within an hour (`restoredBefore` counts its restorations). ' +
      '`meanwhile` says what passes. Sallyport writes again, after 1 second at first and then after up to 10. ' +
      'The condition `access.sallyport.dev/InstallationIntact` of Deployment sallyport has it as its reason.',
    remedy:
      'Look at `err` and `differences`. Does Sallyport hold its role sallyport-self-check? ' +
      "Is the API server of a newer version? If it comes back, the API server's audit log says who writes it. " +
      'It may be a cloud (docs/clouds.md), or a tool that applies other manifests. ' +
      'Stop that, or leave these objects out of it.',
  },
  E_OBJECT_CHANGED: {
    meaning:
      'Somebody changed or deleted a Role, a binding or a pod that was made for an access. ' +
      'Or somebody created another one with its name and label. Sallyport has restored it.',
    remedy:
      "Find out who did it, in the API server's audit log. " +
      'Until it was restored, somebody else may have had the access.',
  },
  E_RECORD_CHANGED: {
    meaning:
      'An AccessRecord has the label of audit events, but it is not as Sallyport writes it. ' +
      'In place of an event that cannot be read, the sinks get `event.unreadable` with its hash.',
    remedy:
      "Only Sallyport may write records. Find out who did, in the API server's audit log, " +
      "and check that Sallyport's policies are in place.",
  },
  E_RECORD_REMOVED: {
    meaning: 'An AccessRecord was deleted before every sink had its event.',
    remedy:
      "Only Sallyport may delete records. Find out who did, in the API server's audit log. " +
      '`kubectl access audit verify` names the missing events.',
  },
  E_UNKNOWN_WAY_IN: {
    meaning:
      'The API server serves subresources that may open a session into a workload. ' +
      'The gate does not listen to them.',
    remedy:
      'Check in RBAC who may use them: Sallyport does not stop them. ' +
      'No webhook is asked about the resources of an aggregated API server.',
  },
} as const satisfies Record<string, { readonly meaning: string; readonly remedy: string }>

export type FindingCode = keyof typeof findingCodes
