import { installation, ownLabels } from '../../api/installation.ts'
import { ports, replicaLabels } from '../deployed/service.ts'
import type { Component } from './component.ts'

/** The label of a namespace from which Prometheus may read the metrics. Its value is `true`. */
const monitoringLabel = 'access.sallyport.dev/monitoring'

/**
 * The ports at which API servers listen: in most clusters, in those of kubeadm, in minikube and in MicroK8s. Network
 * plugins look at the port of the API server itself, and not at that of the Service `kubernetes`.
 */
const apiServerPorts = [443, 6443, 8443, 16_443]
/** The ports of DNS. The DNS pods of OpenShift listen on 5353. */
const dnsPorts = [53, 5353]

const tcp = (port: number | string): object => ({ protocol: 'TCP', port })
const udp = (port: number): object => ({ protocol: 'UDP', port })

const about = `A NetworkPolicy for the replicas.

Egress: only to DNS and to the ports of API servers. These include 443, the port of most sinks and validators. Add
the ports of others.

Port ${ports.health.port} (health and metrics): only from namespaces with the label ${monitoringLabel}: "true".
Network plugins let in the probes of a pod's own node in any case.

Port ${ports.webhooks.port} (webhooks): FROM EVERYWHERE, UNTIL YOU SAY FROM WHERE. No label selects an API server, and its addresses
differ from cluster to cluster. If this policy shuts the API server out, every exec is denied. The caller check of
docs/callers.md holds in any case.

To limit port ${ports.webhooks.port}, give its rule a \`from\` with one ipBlock for each range, by a patch of your own. The calls come
from these addresses:

On kubeadm, k3s, RKE2, Talos and OpenShift: from the nodes of the control plane. With Calico or Flannel, it may be
the address that such a node has in the pod network.
On EKS: from the subnets of the cluster's network interfaces.
On GKE, AKS and others with a tunnel (Konnectivity): from its agent's pods in kube-system, or their nodes. Limit by
a namespaceSelector then.
On Cilium, an ipBlock never matches a node, and many API servers run on nodes. Write a CiliumNetworkPolicy with
\`fromEntities: [kube-apiserver]\`.

This works also while every exec is denied:
kubectl delete networkpolicy ${installation.name} -n ${installation.namespace}`

/** The component that limits the connections from and to the replicas. */
export const networkPolicy: Component = {
  name: 'network-policy',
  about,
  objects: [
    {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name: installation.name, namespace: installation.namespace, labels: ownLabels },
      spec: {
        podSelector: { matchLabels: replicaLabels },
        policyTypes: ['Ingress', 'Egress'],
        ingress: [
          // Without `from`, and not from 0.0.0.0/0: for Cilium that would not include the nodes.
          { ports: [tcp(ports.webhooks.port)] },
          {
            ports: [tcp(ports.health.port)],
            from: [{ namespaceSelector: { matchLabels: { [monitoringLabel]: 'true' } } }],
          },
        ],
        egress: [{ ports: dnsPorts.flatMap((port) => [udp(port), tcp(port)]) }, { ports: apiServerPorts.map(tcp) }],
      },
    },
  ],
  patches: [],
}
