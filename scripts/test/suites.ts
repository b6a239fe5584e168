import { kubernetesReleases, type KubernetesRelease } from '../../test/cluster/kubernetes-version.ts'

/** A part of the tests that `npm test` takes by name. */
export interface Suite {
  readonly name: string
  /** The jest projects that run it, whose folders have the same names; none for the checks. */
  readonly projects: readonly string[]
  /** Where one file is enough of a project. */
  readonly only?: Readonly<Record<string, string>>
  /** It starts clusters, or asks one: then one file after the other, as two cores are soon busy. */
  readonly needsCluster: boolean
  /** Into how many runs of jest it is dealt, each with a cluster of its own. */
  readonly shares: number
  /** The release of the cluster; undefined where the environment chooses it. */
  readonly release?: KubernetesRelease
}

const alone = { needsCluster: false, shares: 1 }
const onCluster = { needsCluster: true, shares: 1 }
// A cluster that was given is there once, and is of the release that it is.
const isGiven = process.env['SALLYPORT_KUBECONFIG'] !== undefined
const [, ...olderReleases] = kubernetesReleases

/** In the order in which they run, some side by side: what is fast and likely to fail comes first. */
export const stages: readonly (readonly Suite[])[] = [
  [{ name: 'checks', projects: [], ...alone }],
  [{ name: 'unit', projects: ['unit'], ...alone }],
  [
    { name: 'process', projects: ['process'], ...alone },
    { name: 'harness', projects: ['harness'], ...onCluster },
  ],
  [{ name: 'api-server', projects: ['api-server'], ...onCluster }],
  // Most of their time they wait, and a gate wants a cluster for itself: two clusters side by side.
  [{ name: 'e2e', projects: ['e2e'], ...onCluster, shares: isGiven ? 1 : 2 }],
  ...(isGiven ? [] : olderReleases).map((release) => [
    {
      name: release.name,
      projects: ['api-server', 'e2e'],
      only: { e2e: 'every-way-in.test.ts' },
      ...onCluster,
      release,
    },
  ]),
]
