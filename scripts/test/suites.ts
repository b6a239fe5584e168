import { findCertManager } from '../../test/cluster/cert-manager.ts'
import type { Missing } from '../../test/cluster/go-tool.ts'
import { findHelm } from '../../test/cluster/helm.ts'
import { findKrew } from '../../test/cluster/krew.ts'
import { kubernetesReleases, type KubernetesRelease } from '../../test/cluster/kubernetes-version.ts'
import { certManagerCrds, findCrds, prometheusOperatorCrds } from '../../test/cluster/module-crds.ts'
import { findPromtool } from '../../test/cluster/promtool.ts'
import type { Work } from '../../test/cluster/startup.ts'
import { findOwnNode } from '../binaries/targets.ts'

/** A part of the tests that `npm test` takes by name. */
export interface Suite {
  readonly name: string
  /** The jest projects of the suite. Their folders have the same names. The checks have none. */
  readonly projects: readonly string[]
  /** The names of the files that are enough of a project, by project. */
  readonly only?: Readonly<Record<string, readonly string[]>>
  /**
   * True if the suite starts clusters, or uses one. Its files then run one after the other, because two cores are soon
   * busy.
   */
  readonly needsCluster: boolean
  /** The number of jest runs that the suite is split into. Each has a cluster of its own. */
  readonly shares: number
  /** The release of the cluster. It is undefined if the environment chooses it. */
  readonly release?: KubernetesRelease
  /** The reason why it cannot run here. Then it is left out. */
  readonly unable?: string | undefined
  /** Real programs that it uses, by the functions that find or make them. Without one, the tests that need it are skipped. */
  readonly tools?: readonly ((work: Work) => Promise<object | Missing>)[]
}

const alone = { needsCluster: false, shares: 1 }
const onCluster = { needsCluster: true, shares: 1 }
// There is only one given cluster, and its release is fixed.
const isGiven = process.env['SALLYPORT_KUBECONFIG'] !== undefined
const [, ...olderReleases] = kubernetesReleases

// Their overlays are checked with the kinds of these projects.
const kinds = [certManagerCrds, prometheusOperatorCrds].map((module) => (work: Work) => findCrds(work, module))

// Nobody can load an image into the nodes of a given cluster. And its owner must want an installation there.
const noImage =
  isGiven && process.env['SALLYPORT_IMAGE'] === undefined
    ? 'SALLYPORT_IMAGE does not name an image of this checkout that the given cluster can pull'
    : undefined

const install = {
  ...{ name: 'install', projects: ['install'], ...onCluster, shares: isGiven ? 1 : 2, unable: noImage },
  tools: [findHelm, findCertManager, findPromtool, findKrew, findOwnNode, ...kinds],
}

/**
 * The files whose outcome depends on the release of Kubernetes: on its schemas, CEL, policies, watches, applies,
 * deletions, and objects with its own defaults. The others test our client and our audit, which the newest release shows.
 */
const byRelease = {
  'api-server': [
    'apply-set',
    'break-glass-condition',
    'cel-string',
    'challenges',
    'guard-policy',
    'http-version',
    'install-manifest',
    'installation-check',
    'kinds',
    'kubernetes-events',
    'pod-fields',
    'reflector',
    'request-deletions',
    'shell-access',
    'shell-pod',
    'shell-pod-policy',
    'tampering',
  ],
  e2e: ['every-way-in'],
}

/**
 * Returns the suites in the order in which they run, some of them side by side. Fast suites that are likely to fail come
 * first. The suites of a stage keep two cores busy. A stage has at most five clusters: each takes twenty instances of
 * inotify, and Linux gives a user 128 by default. The suite `harness` has up to three, each other share one.
 */
export const stages = (): readonly (readonly Suite[])[] => [
  [
    { name: 'checks', projects: [], ...alone },
    { name: 'unit', projects: ['unit'], ...alone },
    { name: 'harness', projects: ['harness'], ...onCluster },
  ],
  [
    { name: 'process', projects: ['process'], ...alone },
    { name: 'api-server', projects: ['api-server'], ...onCluster, tools: kinds, shares: isGiven ? 1 : 2 },
    ...(isGiven ? [] : olderReleases.map(olderCluster)),
  ],
  // A gate needs a cluster for itself. On two cores a third cluster makes gates so slow that answers come too late.
  [{ name: 'e2e', projects: ['e2e'], ...onCluster, shares: isGiven ? 1 : 2 }],
  [install],
]

function olderCluster(release: KubernetesRelease): Suite {
  const only = process.env['SALLYPORT_EACH_RELEASE'] === undefined ? byRelease : { e2e: byRelease.e2e }
  return { name: release.name, projects: Object.keys(byRelease), only, ...onCluster, release }
}
