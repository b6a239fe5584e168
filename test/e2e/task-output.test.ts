import { beforeAll, expect } from '@jest/globals'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { applied } from '../fixtures/access.ts'
import { gatedPod } from '../fixtures/gated-namespace.ts'
import { environmentWithPlugin } from '../fixtures/plugin.ts'
import { shellIn, type Shell } from '../fixtures/shell.ts'
import { taskTemplate, testWithTools } from '../fixtures/tasks.ts'
import { temporaryFolder } from '../fixtures/temporary-folder.ts'
import { testCluster } from '../fixtures/test-cluster.ts'

// alice may read a log only as long as her access lasts, and her kubectl begins to read late: a login may take seconds.
const namespace = 'task-output'
const testWithTask = testWithTools()
const slow = join(temporaryFolder(), 'kubectl')

let shell: Shell
gatedPod(namespace)
beforeAll(async () => {
  shell = shellIn(await environmentWithPlugin({ kubectl: slow }))
})

const numbers = Array.from({ length: 2_000 }, (_, index) => `${index + 1}\n`).join('')

/** Lets alice have 2000 numbers printed, by a kubectl that begins to read a log only after some seconds. */
async function typed(name: string, seconds: number) {
  const { kubectl } = testCluster()
  writeFileSync(slow, `#!/bin/sh\ncase "$*" in *logs*) sleep ${seconds};; esac\nexec ${kubectl} "$@"\n`, {
    mode: 0o755,
  })
  await applied('admin', taskTemplate(namespace, name, { command: ['seq', '1', '2000'] }))
  return shell('alice', `kubectl access task ${name} --reason OPS-42 -n ${namespace}`)
}

testWithTask('a long output is shown whole, also if the task ends before anybody begins to read', async () => {
  expect(await typed('late', 3)).toMatchObject({ code: 0, stdout: numbers })
})

testWithTask('if it can no longer be read, its end is not taken for all of it', async () => {
  const { code, stdout, stderr } = await typed('too-late', 8)

  expect([code, stdout]).toEqual([1, ''])
  expect(stderr).toContain('has ended (Completed): its task ended with exit code 0; its output has 8893 bytes')
  expect(stderr).toMatch(/could not be read whole\. Its end:\n.*\n1999\n2000\n/s)
})
