import { clusterId } from './cluster-dir.ts'

/**
 * The addresses of one cluster, all from 198.18.0.0/15. RFC 2544 reserves this range for network tests, and no real
 * network routes it. A slot is a cluster's share of it.
 */
export interface Network {
  readonly nodeName: string
  /** This machine's end of the link to the node. The API server listens there. */
  readonly hostLink: string
  readonly hostAddress: string
  readonly nodeAddress: string
  readonly podRange: string
  readonly serviceRange: string
  /** The ClusterIP of the Service `kubernetes`: always the first of the range. */
  readonly apiService: string
  readonly clusterDns: string
}

/**
 * The lower half of 198.18 holds the pods (256 each), the upper half the links. 198.19 holds the Services (512 each).
 */
export const slotCount = 128

/** Returns the addresses of the cluster in `dir`, if it has that slot. */
export function networkOf(dir: string, slot: number): Network {
  const id = clusterId(dir)
  return {
    nodeName: `node-${id}`,
    hostLink: hostLinkName(dir),
    hostAddress: `198.18.${slotCount + slot}.1`,
    nodeAddress: `198.18.${slotCount + slot}.2`,
    podRange: `198.18.${slot}.0/24`,
    serviceRange: `198.19.${slot * 2}.0/23`,
    apiService: `198.19.${slot * 2}.1`,
    clusterDns: `198.19.${slot * 2}.10`,
  }
}

/** Returns the link's name. It names the cluster, so `down` can see without notes whether the link is gone. */
export function hostLinkName(dir: string): string {
  return `sally-${clusterId(dir)}`
}

/** Returns the slot from which a cluster looks for a free one. Two that start together then seldom collide. */
export function firstSlot(dir: string): number {
  return Number.parseInt(clusterId(dir), 16) % slotCount
}
