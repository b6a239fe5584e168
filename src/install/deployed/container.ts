import { configFile } from './config-map.ts'
import { ports } from './service.ts'

/** Returns the container of a replica. It must know the time that its pod has until it is killed. */
export function container(image: string, graceSeconds: number): object {
  return {
    name: 'sallyport',
    image,
    imagePullPolicy: 'IfNotPresent',
    // `kubectl describe pod` then says why a replica does not start, for example which field of the config is wrong.
    terminationMessagePolicy: 'FallbackToLogsOnError',
    args: ['--config', `${configFile.folder}/${configFile.key}`],
    env: [
      fromPod('SALLYPORT_NAMESPACE', 'metadata.namespace'),
      fromPod('SALLYPORT_POD', 'metadata.name'),
      { name: 'SALLYPORT_GRACE_SECONDS', value: String(graceSeconds) },
    ],
    ports: Object.values(ports).map(({ name, port }) => ({ name, containerPort: port, protocol: 'TCP' })),
    ...probes,
    resources,
    securityContext,
    volumeMounts: [{ name: 'config', mountPath: configFile.folder, readOnly: true }],
  }
}

function fromPod(name: string, fieldPath: string): object {
  return { name, valueFrom: { fieldRef: { fieldPath } } }
}

const probes = {
  // A replica that waits for an API server is not restarted by it: /livez asks only the process.
  startupProbe: { httpGet: at('/livez'), periodSeconds: 1, timeoutSeconds: 5, failureThreshold: 60 },
  livenessProbe: { httpGet: at('/livez'), periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 3 },
  // A replica answers within 900 ms. A new one counts soon, and one slow answer takes none away.
  readinessProbe: { httpGet: at('/readyz'), periodSeconds: 2, timeoutSeconds: 1, failureThreshold: 3 },
}

function at(path: string): object {
  return { path, port: ports.health.name }
}

/**
 * The gate and the controller have 220 MiB at rest, and 250 MiB under a steady load. From the first expression of a
 * template on, each of the two keeps two processes of 50 MiB. A pod that takes more than it asked for is evicted first,
 * whatever its priority.
 *
 * Reviews take four times their bytes while they are decided: 130 MiB for `webhooks.bytesInFlight`. The rest of the limit
 * is for the controller: it holds all requests, passes and pods that it follows. A replica that is killed for its memory
 * closes the gate, so the limit is far above that.
 *
 * CPU has no limit. With one, the kernel would pause the gate in the middle of a decision, and the API server waits only
 * 5 s.
 */
const resources = {
  requests: { cpu: '100m', memory: '512Mi' },
  limits: { memory: '1Gi' },
}

const securityContext = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ['ALL'] },
}
