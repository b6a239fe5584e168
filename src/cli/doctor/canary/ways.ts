import type { WayIn } from '../../../api/review/way-in.ts'
import type { ApiCall } from '../../../cluster/client/transport.ts'
import type { CanaryNames } from './canary-objects.ts'

/** A call that the gate must stop. */
export interface TriedCall extends ApiCall {
  readonly path: string
}

const connect = (path: string): TriedCall => ({ path, method: 'POST' })
const patch = (path: string, spec: object, query = {}): TriedCall => ({
  path,
  method: 'PATCH',
  contentType: 'application/strategic-merge-patch+json',
  query,
  body: { spec },
})

/** The calls that try the ways in. The API server asks the gate before it looks for a node, so no container must run. */
const calls: Readonly<Record<WayIn, (pod: string, names: CanaryNames) => TriedCall>> = {
  'pods/exec': (pod) => ({
    ...connect(`${pod}/exec`),
    query: { command: 'true', container: 'canary', stdout: 'true' },
  }),
  'pods/attach': (pod) => ({ ...connect(`${pod}/attach`), query: { container: 'canary', stdout: 'true' } }),
  'pods/portforward': (pod) => ({ ...connect(`${pod}/portforward`), query: { ports: '80' } }),
  'pods/proxy': (pod) => ({ path: `${pod}/proxy/` }),
  'services/proxy': (_pod, { namespace, name }) => ({
    path: `/api/v1/namespaces/${namespace}/services/${name}/proxy/`,
  }),
  'nodes/proxy': (_pod, { namespace, name }) => connect(`/api/v1/nodes/${name}/proxy/run/${namespace}/${name}/canary`),
  'pods/ephemeralcontainers': (pod) =>
    patch(`${pod}/ephemeralcontainers`, { ephemeralContainers: [{ name: 'debug', image: otherImage }] }, dryRun),
  pods: (pod) => patch(pod, { containers: [{ name: 'canary', image: otherImage }] }, dryRun),
}

const dryRun = { dryRun: 'All' }
const otherImage = 'sallyport.invalid/another:1'

/** Returns the calls for each way in. */
export function callsFor(names: CanaryNames): readonly (readonly [way: string, call: TriedCall])[] {
  const pod = `/api/v1/namespaces/${names.namespace}/pods/${names.name}`
  return Object.entries(calls).map(([way, callOf]) => [way, callOf(pod, names)])
}
