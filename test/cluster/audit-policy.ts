import { stringify } from 'yaml'

const ways = ['exec', 'attach', 'portforward', 'proxy', 'ephemeralcontainers']

/**
 * Returns the policy for the API server's own audit log. It logs each way into a workload, and everything of our own
 * group.
 */
export function auditPolicy(): string {
  return stringify({
    apiVersion: 'audit.k8s.io/v1',
    kind: 'Policy',
    omitStages: ['RequestReceived'],
    rules: [
      {
        level: 'Metadata',
        resources: [
          { group: '', resources: [...ways.map((way) => `pods/${way}`), 'services/proxy', 'nodes/proxy'] },
          { group: 'access.sallyport.dev' },
        ],
      },
      { level: 'None' },
    ],
  })
}
