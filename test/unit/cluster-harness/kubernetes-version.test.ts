import { readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import { chosenRelease, kubernetesReleases } from '../../cluster/kubernetes-version.ts'

describe('chosenRelease', () => {
  it('is the newest where nothing chooses', () => {
    const minors = kubernetesReleases.map(({ name }) => Number(name.split('.')[1]))
    expect(minors).toEqual(minors.toSorted((a, b) => b - a))
    expect(chosenRelease(undefined)).toBe(kubernetesReleases[0])
  })

  it.each(kubernetesReleases.map((release) => [release.name, release] as const))(
    'takes %s by its name',
    (name, release) => {
      expect(chosenRelease(name)).toBe(release)
    },
  )

  it('says what there is where the name is another', () => {
    expect(() => chosenRelease('v1.36')).toThrow('SALLYPORT_KUBERNETES is v1.36; it must be one of v1.37, v1.35')
  })
})

it.each(kubernetesReleases)(
  'the go.mod of $name asks for the same Kubernetes and the same Go',
  ({ name, version, go }) => {
    const lines = readFileSync(`test/cluster/hyperkube/${name}/go.mod`, 'utf8').split('\n')

    expect(lines).toContain(`\tk8s.io/kubernetes ${version}`)
    expect(lines).toContain(`go ${go.major}.${go.minor}.0`)
  },
)
