import { expect, test } from '@jest/globals'
import { existsSync } from 'node:fs'
import { startDevGate } from '../fixtures/dev-gate.ts'
import { admin } from '../fixtures/kubectl.ts'
import { endLeftGates } from '../fixtures/left-gates.ts'

const kinds =
  'clusterroles,clusterrolebindings,validatingwebhookconfigurations,mutatingwebhookconfigurations,validatingadmissionpolicies'

/** Lists all objects, except those in namespaces that earlier suites left to be deleted. */
async function everything(): Promise<readonly string[]> {
  const { items } = JSON.parse(await admin(['get', 'namespaces', '-o', 'json'])) as { items: Namespace[] }
  const going = items.filter(({ status }) => status.phase === 'Terminating').map(({ metadata }) => metadata.name)
  const columns = 'custom-columns=KIND:.kind,NAMESPACE:.metadata.namespace,NAME:.metadata.name'
  const all = await admin(['get', `${kinds},crds,serviceaccounts,namespaces`, '-A', '-o', columns, '--no-headers'])
  // The widths of the columns follow the longest name, which may be that of a namespace that is about to go.
  const rows = all.split('\n').map((line) => line.trim().split(/\s+/))
  return rows.filter((row) => !row.some((word) => going.includes(word))).map((row) => row.join(' '))
}

interface Namespace {
  readonly metadata: { readonly name: string }
  readonly status: { readonly phase: string }
}

test('npm run dev leaves the cluster, the disk and the process table as they were', async () => {
  // The first start makes the namespace that all tests share.
  await (await startDevGate()).stop()
  const before = await everything()

  const gate = await startDevGate()
  const code = await gate.stop()

  expect(code).toBe(0)
  expect(await everything()).toEqual(before)
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

test('one that a suite left is ended before the next suite starts its own', async () => {
  const left = await startDevGate()

  await endLeftGates()

  expect(() => process.kill(left.pid, 0)).toThrow('ESRCH')
  expect(await (await startDevGate()).stop()).toBe(0)
  expect(await left.stop()).toBe(0)
})
