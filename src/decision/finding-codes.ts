/** What the self-check logs as an error; docs/errors.md is generated from it. A code never changes its meaning. */
export const findingCodes = {
  E_INSTALLATION_CHANGED: {
    meaning:
      'A webhook configuration, policy or binding of Sallyport was otherwise than its config has it. `differences` says where, `outcome` what became of it.',
    remedy:
      "Find out who changed it, in the API server's audit log: until it was restored, ways in may have been open.",
  },
  E_INSTALLATION_MISSING: {
    meaning: 'A webhook configuration, policy or binding of Sallyport was not there. `outcome` says what became of it.',
    remedy:
      "Find out who deleted it, in the API server's audit log. Where it was not made anew, apply the manifests, or name the CA in tls.caFile.",
  },
  E_NOT_RESTORED: {
    meaning: 'What the self-check found could not be mended: the write failed, or something undoes it at once.',
    remedy:
      'Look at `err` and `differences`: does Sallyport hold its role sallyport-self-check, is the API server of a newer version?',
  },
  E_UNKNOWN_WAY_IN: {
    meaning:
      'The API server serves subresources that may open a session into a workload, and that the gate does not listen to.',
    remedy:
      'Look at who may use them, by RBAC: Sallyport does not stop them. What an aggregated API server serves, no webhook is asked about.',
  },
} as const satisfies Record<string, { readonly meaning: string; readonly remedy: string }>

export type FindingCode = keyof typeof findingCodes
