import { expect, test } from '@jest/globals'
import { chooseProvider, type Circumstances } from '../../cluster/provider.ts'
import { tooOld } from '../../cluster/too-old.ts'

const usual: Circumstances = {
  ...{ given: undefined, wantsNode: true, kind: true, kubectl: true, platform: 'linux' },
  docker: { answers: true, version: '29.1.0' },
}
const silent = { answers: false, reason: 'Docker does not answer (SIGTERM)' } as const

test.each<[provider: string, because: string, circumstances: Partial<Circumstances>]>([
  ['kind', 'Docker 29.1.0 answers', {}],
  ['kind', 'Docker 29.1.0 answers', { kubectl: false }],
  ['given', '/k', { given: '/k' }],
  ['local', 'kind is not on PATH (Docker answers)', { kind: false }],
  [
    'local',
    'kind is not on PATH, and docker is not on PATH',
    { kind: false, docker: { answers: false, reason: 'docker is not on PATH' } },
  ],
  ['local', 'Docker does not answer (SIGTERM)', { docker: silent }],
  ['local', 'kind makes no control plane without a node', { wantsNode: false }],
  ['local', 'kubectl is not on PATH', { kubectl: false, platform: 'darwin' }],
])('a cluster by %s: %s', (provider, because, circumstances) => {
  const choice = chooseProvider({ ...usual, ...circumstances })

  expect(choice.provider).toBe(provider)
  expect(choice.because).toContain(because)
})

test.each(['v1.30.0', 'v1.37.2', 'v1.33.1-gke.12', 'v2.0.0', 'unknown'])('%s is new enough', (version) => {
  expect(tooOld(version)).toBeUndefined()
})

test.each(['v1.29.14', 'v1.9.0'])('%s is too old, and why', (version) => {
  expect(tooOld(version)).toContain(`Kubernetes ${version} is too old: Sallyport needs 1.30 or newer`)
})
