/** What Sallyport finds that nobody was refused for; docs/errors.md is generated from it. A code never changes its meaning. */
export const findingCodes = {
  E_INSTALLATION_CHANGED: {
    meaning:
      'A webhook configuration, policy, binding or CustomResourceDefinition of Sallyport was not as this version and its config have it. `differences` says where, `outcome` what became of it.',
    remedy:
      "Find out who changed it, in the API server's audit log: until it was restored, ways in may have been open. A CustomResourceDefinition is only reported: apply those of the version that runs.",
  },
  E_INSTALLATION_MISSING: {
    meaning:
      'A webhook configuration, policy, binding or CustomResourceDefinition of Sallyport was not there. `outcome` says what became of it.',
    remedy:
      "Find out who deleted it, in the API server's audit log. Where it was not made anew, apply the manifests, or name the CA in tls.caFile.",
  },
  E_NODES_PROXY: {
    meaning:
      'Those in `holders` may use nodes/proxy, by a ClusterRoleBinding: with it they run commands in every pod by the port of its kubelet, where no admission ' +
      'asks the gate. `ofTheCluster` names those that Kubernetes itself made so.',
    remedy:
      'Give nodes/metrics and nodes/stats in place of nodes/proxy (KubeletFineGrainedAuthz), or know that these pass.',
  },
  E_NOT_RESTORED: {
    meaning:
      'What the self-check found does not stay mended: the write failed, something undoes it at once, or the same came back after three restorations ' +
      'within an hour (`restoredBefore`). `meanwhile` says what passes. Sallyport writes again, at most once a minute or at each interval.',
    remedy:
      'Look at `err` and `differences`: does Sallyport hold its role sallyport-self-check, is the API server of a newer version? If it comes back, ' +
      "the API server's audit log says who writes it: a cloud (docs/threats.md), or a tool that applies other manifests. Stop that, or leave these objects out of it.",
  },
  E_OBJECT_CHANGED: {
    meaning:
      'A Role, a binding or a pod that was made for an access was changed or deleted by somebody, or had one of its name and label put beside it. It is as it was.',
    remedy:
      "Find out who did it, in the API server's audit log: until it was restored, somebody else may have had the access.",
  },
  E_RECORD_CHANGED: {
    meaning:
      'An AccessRecord that is labelled as audit events is not as Sallyport writes it. In place of what cannot be read the sinks get `event.unreadable`, with its hash.',
    remedy:
      "Sallyport alone may write records: find out who did, in the API server's audit log, and whether its policies are in place.",
  },
  E_RECORD_REMOVED: {
    meaning: 'An AccessRecord was deleted before every sink had its event.',
    remedy:
      "Sallyport alone may delete records: find out who did, in the API server's audit log. `kubectl access audit verify` names what is missing.",
  },
  E_UNKNOWN_WAY_IN: {
    meaning:
      'The API server serves subresources that may open a session into a workload, and that the gate does not listen to.',
    remedy:
      'Look at who may use them, by RBAC: Sallyport does not stop them. What an aggregated API server serves, no webhook is asked about.',
  },
} as const satisfies Record<string, { readonly meaning: string; readonly remedy: string }>

export type FindingCode = keyof typeof findingCodes
