import { expect, test } from '@jest/globals'
import { readFileSync } from 'node:fs'
import { findTaskImage } from '../../cluster/task-image.ts'
import { taskPrograms } from '../../cluster/task-tools.ts'
import type { Cluster } from '../../cluster/cluster-record.ts'
import { toolWork } from '../../fixtures/real-tool.ts'

const cluster = (facts: Pick<Cluster, 'provider' | 'node'>): Cluster => facts as Cluster

test.each<[Cluster, string]>([
  [cluster({ provider: 'local', node: { ready: false, reason: 'you are not root' } }), 'you are not root'],
  [cluster({ provider: 'given', node: { ready: true } }), 'nobody can load an image into the nodes of a given cluster'],
])('a cluster that cannot run the image says why', async (where, missing) => {
  expect(await findTaskImage(toolWork, where)).toEqual({ missing })
})

test('the Dockerfile of examples/templates/tasks installs the packages that the tests take their programs from', () => {
  const text = readFileSync('examples/templates/tasks/Dockerfile', 'utf8')
  const [, installed = ''] = /apt-get install --yes --no-install-recommends (.*) \\\n/.exec(text) ?? []

  expect(installed.split(' ')).toEqual(
    taskPrograms.filter(({ isInBase }) => !isInBase).map((program) => program.package),
  )
  expect(text).toMatch(/^ARG BASE=debian:\d+-slim\nFROM \$\{BASE\}$/m)
})
