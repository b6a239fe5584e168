import { expect, test } from '@jest/globals'
import { existsSync } from 'node:fs'
import { startDevGate } from '../fixtures/dev-gate.ts'
import { admin } from '../fixtures/kubectl.ts'
import { until } from '../fixtures/until.ts'

const kinds =
  'clusterroles,clusterrolebindings,validatingwebhookconfigurations,mutatingwebhookconfigurations,validatingadmissionpolicies'

function everything(): Promise<string> {
  return admin(['get', `${kinds},crds,serviceaccounts,namespaces`, '-A', '-o', 'name'])
}

async function noneIsTerminating(): Promise<boolean> {
  return !(await admin(['get', 'namespaces'])).includes('Terminating')
}

test('npm run dev leaves the cluster, the disk and the process table as they were', async () => {
  await until('the namespaces of other suites are gone', noneIsTerminating, 60_000)
  // The first start makes the namespace that all tests share.
  await (await startDevGate()).stop()
  const before = await everything()

  const gate = await startDevGate()
  const code = await gate.stop()

  expect(code).toBe(0)
  expect(await everything()).toBe(before)
  expect(existsSync(gate.folder)).toBe(false)
  expect(() => process.kill(gate.pid, 0)).toThrow('ESRCH')
})

test('a second one beside it is refused, and takes nothing away', async () => {
  const gate = await startDevGate()
  try {
    await expect(startDevGate()).rejects.toThrow(/npm run dev runs against this cluster already \(process \d+\)/)
    expect(await admin(['get', 'validatingwebhookconfiguration', 'sallyport', '-o', 'name'])).toContain('sallyport')
  } finally {
    await gate.stop()
  }
})
