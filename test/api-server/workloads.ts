/** A workload as people write it; the API server fills in the rest. `example.com/...` images are never pulled. */
export interface Workload {
  readonly apiVersion: string
  readonly kind: string
  readonly plural: string
  readonly spec: object
}

const labels = { app: 'web', tier: 'front' }
const selector = { matchLabels: labels }
const httpGet = { path: '/healthz', port: 8080 }

/** A Deployment that meets "restricted", is behind a mesh, and has all that a production deployment has. */
export const webDeployment: Workload = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  plural: 'deployments',
  spec: {
    replicas: 3,
    selector,
    template: {
      metadata: { labels, annotations: { 'prometheus.io/scrape': 'true' } },
      spec: {
        serviceAccountName: 'web',
        terminationGracePeriodSeconds: 60,
        securityContext: { runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: 'RuntimeDefault' } },
        topologySpreadConstraints: [
          { maxSkew: 1, topologyKey: 'zone', whenUnsatisfiable: 'DoNotSchedule', labelSelector: selector },
        ],
        affinity: {
          podAntiAffinity: {
            requiredDuringSchedulingIgnoredDuringExecution: [
              { labelSelector: selector, topologyKey: 'kubernetes.io/hostname' },
            ],
          },
        },
        tolerations: [{ key: 'web', operator: 'Exists' }],
        readinessGates: [{ conditionType: 'target-health.example.com/web' }],
        initContainers: [
          { name: 'migrate', image: 'example.com/web:1', command: ['migrate'] },
          {
            name: 'mesh',
            image: 'example.com/mesh:1',
            restartPolicy: 'Always',
            startupProbe: { httpGet: { path: '/ready', port: 15021 } },
          },
        ],
        containers: [
          {
            name: 'app',
            image: 'example.com/web:1',
            command: ['web'],
            args: ['--port=8080'],
            env: [
              { name: 'LOG', value: 'info' },
              { name: 'POD', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
            ],
            ports: [{ name: 'http', containerPort: 8080 }],
            resources: { requests: { cpu: '100m', memory: '128Mi' }, limits: { memory: '256Mi' } },
            resizePolicy: [{ resourceName: 'memory', restartPolicy: 'RestartContainer' }],
            livenessProbe: { httpGet },
            readinessProbe: { httpGet },
            startupProbe: { httpGet },
            lifecycle: { postStart: { exec: { command: ['warm-up'] } }, preStop: { sleep: { seconds: 5 } } },
            securityContext: {
              allowPrivilegeEscalation: false,
              capabilities: { drop: ['ALL'], add: ['NET_BIND_SERVICE'] },
            },
            volumeMounts: [
              { name: 'config', mountPath: '/etc/web' },
              { name: 'cloud', mountPath: '/var/run/cloud' },
            ],
          },
          { name: 'logs', image: 'example.com/logs:1' },
        ],
        volumes: [
          { name: 'config', configMap: { name: 'web' } },
          { name: 'cloud', projected: { sources: [{ serviceAccountToken: { path: 'token', audience: 'cloud' } }] } },
        ],
      },
    },
  },
}

/** A StatefulSet with storage for each pod. */
export const databaseStatefulSet: Workload = {
  apiVersion: 'apps/v1',
  kind: 'StatefulSet',
  plural: 'statefulsets',
  spec: {
    serviceName: 'database',
    selector,
    template: {
      metadata: { labels },
      spec: {
        hostname: 'database',
        subdomain: 'database',
        setHostnameAsFQDN: true,
        containers: [
          {
            name: 'database',
            image: 'example.com/database:1',
            volumeMounts: [{ name: 'data', mountPath: '/data' }],
          },
        ],
      },
    },
    volumeClaimTemplates: [
      {
        metadata: { name: 'data' },
        spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
      },
    ],
  },
}

/** A DaemonSet: an agent of the node. */
export const agentDaemonSet: Workload = {
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  plural: 'daemonsets',
  spec: {
    selector,
    template: {
      metadata: { labels },
      spec: {
        hostPID: true,
        tolerations: [{ operator: 'Exists' }],
        containers: [
          {
            name: 'agent',
            image: 'example.com/agent:1',
            ports: [{ containerPort: 9100, hostPort: 9100 }],
            securityContext: { privileged: true },
            volumeMounts: [{ name: 'root', mountPath: '/host' }],
          },
        ],
        volumes: [{ name: 'root', hostPath: { path: '/' } }],
      },
    },
  },
}

/** A Job, which has a deadline of its own and restarts. */
export const reportJob: Workload = {
  apiVersion: 'batch/v1',
  kind: 'Job',
  plural: 'jobs',
  spec: {
    activeDeadlineSeconds: 600,
    template: {
      spec: {
        restartPolicy: 'OnFailure',
        activeDeadlineSeconds: 300,
        containers: [{ name: 'report', image: 'example.com/report:1' }],
      },
    },
  },
}
