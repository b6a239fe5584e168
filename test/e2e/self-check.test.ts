import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { isDeepStrictEqual } from 'node:util'
import { concealed } from '../../src/install/secret-path.ts'
import { rawExec } from '../fixtures/access.ts'
import { serveAggregatedApi } from '../fixtures/aggregated-api.ts'
import { startDevGate, type DevGate } from '../fixtures/dev-gate.ts'
import { startEnforcer } from '../fixtures/enforcer.ts'
import { admin, kubectl } from '../fixtures/kubectl.ts'
import { untilGateKept } from '../fixtures/lease.ts'
import { configuration, gateEntry, policy, policyBinding, replaced, tampered } from '../fixtures/tampered-gate.ts'
import { until } from '../fixtures/until.ts'
import { mayExec } from '../fixtures/workload.ts'

const namespace = 'self-check'
// The time for one look, and the same again for a busy machine.
const interval = '1s'
const restoredMs = 5_000

beforeAll(async () => {
  await admin(['create', 'namespace', namespace])
  await mayExec(namespace, 'alice')
})
afterAll(async () => {
  await admin(['delete', 'namespace', namespace, '--wait=false'])
})

interface Stored {
  readonly metadata: { readonly uid: string; readonly resourceVersion: string; readonly labels: object }
  readonly [content: string]: unknown
}

async function stored(kind: string, name: string): Promise<Stored | undefined> {
  const { code, stdout } = await kubectl('admin', ['get', kind, name, '-o', 'json'])
  return code === 0 ? (JSON.parse(stdout) as Stored) : undefined
}

/** Applies a JSON patch. The gate's webhook is the first in its configuration. */
function tamper(kind: string, name: string, ...operations: readonly object[]): Promise<string> {
  return admin(['patch', kind, name, '--type=json', '-p', JSON.stringify(operations)])
}

interface Finding {
  readonly msg?: string
  readonly code?: string
  readonly outcome?: string
  readonly kind?: string
  readonly differences?: readonly string[]
  readonly subresources?: readonly string[]
  readonly restoredBefore?: number
  readonly holders?: readonly string[]
  readonly ofTheCluster?: readonly string[]
}

function findings(gate: DevGate): readonly Finding[] {
  return gate.lines.filter((line): line is Finding => line.msg === 'self-check')
}

/** Returns the samples of one metric, without its name. */
async function metric({ healthPort }: DevGate, name: string): Promise<readonly string[]> {
  const text = await (await fetch(`http://127.0.0.1:${healthPort}/metrics`)).text()
  return text.split('\n').flatMap((line) => (line.startsWith(`${name}{`) ? [line.slice(name.length)] : []))
}

describe('with onDifference Restore', () => {
  let gate: DevGate

  beforeAll(async () => {
    gate = await startDevGate({ selfCheck: { interval } })
    await untilGateKept()
  })
  afterAll(async () => {
    expect(await gate.stop()).toBe(0)
    expect(await stored(configuration, 'sallyport')).toBeUndefined()
  })

  test.each(tampered)(`%s is mended within ${restoredMs} ms, and logged`, async (_title, ...what) => {
    const [kind, name, operations, fields] = what
    const before = await content(kind, name)
    const found = findings(gate).length

    await tamper(kind, name, ...operations)

    await until('it is as it was', async () => isDeepStrictEqual(await content(kind, name), before), restoredMs)
    await until('it is told', () => findings(gate).length > found)
    const [finding, ...more] = findings(gate).slice(found)
    expect(more).toEqual([])
    expect(finding).toMatchObject({ level: 50, code: 'E_INSTALLATION_CHANGED', name, outcome: 'restored' })
    for (const field of fields) expect(finding?.differences?.join('\n')).toContain(field)
  })

  test(`what is deleted is made anew within ${restoredMs} ms, and logged`, async () => {
    const deleted = [
      [configuration, 'sallyport'],
      ['mutatingwebhookconfiguration', 'sallyport'],
      [policy, 'sallyport-identity'],
      [policyBinding, 'sallyport-identity'],
    ] as const
    const contents = (): Promise<readonly (object | undefined)[]> =>
      Promise.all(deleted.map(([kind, name]) => content(kind, name)))
    const before = await contents()

    for (const one of deleted) await admin(['delete', ...one])

    await until('all are there again', async () => isDeepStrictEqual(await contents(), before), restoredMs)
    const made = (): readonly Finding[] =>
      findings(gate).filter((finding) => finding.code === 'E_INSTALLATION_MISSING' && finding.outcome === 'restored')
    for (const kind of before.map((object) => (object && 'kind' in object ? object.kind : ''))) {
      await until(`${String(kind)} is told`, () => made().some((finding) => finding.kind === kind))
    }
  })

  test('a kind without its rules and its subresource is told, and left to the installer', async () => {
    const definition = ['crd', 'accessrequests.access.sallyport.dev'] as const
    const before = await stored(...definition)
    const found = findings(gate).length
    const version = '/spec/versions/0'
    const rules = `${version}/schema/openAPIV3Schema/properties/spec/x-kubernetes-validations`
    await tamper(...definition, { op: 'remove', path: `${version}/subresources` }, { op: 'remove', path: rules })
    try {
      const [finding] = await until('it is told', () => {
        const more = findings(gate).slice(found)
        return more.length > 0 ? more : undefined
      })
      expect(finding).toMatchObject({
        level: 50,
        code: 'E_INSTALLATION_CHANGED',
        kind: 'CustomResourceDefinition',
        outcome: 'reported',
      })
      for (const field of ['subresources', 'x-kubernetes-validations']) {
        expect(finding?.differences?.join('\n')).toContain(field)
      }
    } finally {
      await tamper(...definition, replaced('/spec', before?.['spec']))
    }
    // Each look compares all kinds. Kinds that are as they should be give no finding.
    const after = findings(gate).length
    await tamper('mutatingwebhookconfiguration', 'sallyport', replaced('/webhooks/0/failurePolicy', 'Ignore'))
    await until('a later look tells of something else', () => findings(gate).length > after)
    expect(
      findings(gate)
        .slice(after)
        .map(({ kind, differences }) => ({ kind, differences })),
    ).toEqual([{ kind: 'MutatingWebhookConfiguration', differences: [expect.stringContaining('failurePolicy')] }])
  })

  test('what is as it should be is not written', async () => {
    const before = await stored(policy, 'sallyport-writers')
    const found = findings(gate).length
    const mutating = ['mutatingwebhookconfiguration', 'sallyport'] as const

    // Each look checks all objects: if one was mended, the others were looked at, too.
    for (const look of [1, 2]) {
      // The same change for the third time would be told in another way.
      await tamper(...mutating, replaced('/webhooks/0/timeoutSeconds', 20 + look))
      await until('it is told', () => findings(gate).length === found + look, restoredMs)
    }

    expect(await stored(policy, 'sallyport-writers')).toEqual(before)
  })

  test('labels and annotations of others stay', async () => {
    await admin(['label', configuration, 'sallyport', 'team=platform'])
    await admin(['annotate', configuration, 'sallyport', 'example.com/note=ours'])
    await tamper(configuration, 'sallyport', replaced('/webhooks/0/timeoutSeconds', 30))

    const { metadata, webhooks } = await until(
      'it is mended',
      async () => {
        const object = await stored(configuration, 'sallyport')
        return JSON.stringify(object?.['webhooks']).includes('"timeoutSeconds":30') ? undefined : object
      },
      restoredMs,
    )

    expect(webhooks).toMatchObject([{ name: gateEntry }, { name: 'deletions.access.sallyport.dev' }])
    expect(metadata).toMatchObject({ labels: { team: 'platform' }, annotations: { 'example.com/note': 'ours' } })
  })

  test('after all of that the gate is closed', async () => {
    const tried = (): Promise<string> => rawExec('alice', namespace, 'command=id')
    await until('the API server asks the gate', async () => (await tried()).includes('E_NO_PASS'))
  })

  test('a cloud that heeds the label edits nothing', async () => {
    const before = await stored(configuration, 'sallyport')
    const found = findings(gate).length

    const enforcer = startEnforcer({ heedsLabel: true })
    await until('it has looked ten times', () => enforcer.looks >= 10)
    await enforcer.stop()

    expect(enforcer.edits).toBe(0)
    expect(await stored(configuration, 'sallyport')).toEqual(before)
    expect(findings(gate)).toHaveLength(found)
  })

  test('a cloud that leaves namespaces out, again and again, is told as a war until it stops', async () => {
    // No pod of it runs: the gate of this suite has the status of its Deployment to itself.
    const replicas = ['deployment', 'sallyport', '-n', 'sallyport-system']
    const intact = `jsonpath={.status.conditions[?(@.type=="access.sallyport.dev/InstallationIntact")]}`
    const condition = async (): Promise<string> => admin(['get', ...replicas, '-o', intact])
    await admin(['create', ...replicas, '--image=paper:1', '--replicas=0'])
    const before = await content(configuration, 'sallyport')
    const found = findings(gate).length
    const enforcer = startEnforcer({ heedsLabel: false })
    const told = (): readonly Finding[] => findings(gate).slice(found)
    try {
      await until('it is told as a war', () => told().some(({ restoredBefore }) => restoredBefore !== undefined))
    } finally {
      await enforcer.stop()
    }

    expect(told().slice(0, 3)).toMatchObject([
      { code: 'E_INSTALLATION_CHANGED', outcome: 'restored' },
      { code: 'E_INSTALLATION_CHANGED', outcome: 'restored' },
      {
        code: 'E_NOT_RESTORED',
        outcome: 'not restored',
        restoredBefore: 2,
        meanwhile: 'every way into the pods of the namespaces that it leaves out is open',
      },
    ])
    await until('it is as it was', async () => isDeepStrictEqual(await content(configuration, 'sallyport'), before))
    expect(await metric(gate, 'sallyport_installation_faults')).toEqual([
      '{code="E_NOT_RESTORED",kind="ValidatingWebhookConfiguration",name="sallyport"} 1',
    ])
    await until('it is a condition', async () => (await condition()).includes('"reason":"E_NOT_RESTORED"'))
    expect(JSON.parse(await condition())).toMatchObject({
      status: 'False',
      message: 'E_NOT_RESTORED: ValidatingWebhookConfiguration sallyport',
    })
    await admin(['delete', ...replicas])
    await until('it is an event', () =>
      gate.lines.some((line) => line.msg === 'audit event' && JSON.stringify(line).includes('E_NOT_RESTORED')),
    )
    await until('it is an Event', async () =>
      (await admin(['get', 'events', '-A', '-o', 'jsonpath={.items[*].message}'])).includes(
        'is changed again and again',
      ),
    )
  })

  test('who holds nodes/proxy is named and counted, apart from the cluster’s own', async () => {
    const others = async (): Promise<number> =>
      Number(
        (await metric(gate, 'sallyport_nodes_proxy_holders')).find((line) => line.includes('others'))?.split(' ')[1],
      )
    const before = await until('it has looked', async () =>
      (await others()) >= 0 ? { count: await others() } : undefined,
    )
    const name = 'scraper-of-nodes'
    await admin(['create', 'clusterrole', name, '--verb=get', '--resource=nodes/proxy'])
    await admin([
      'create',
      'clusterrolebinding',
      name,
      `--clusterrole=${name}`,
      `--serviceaccount=${namespace}:prometheus`,
    ])
    try {
      await until('it is counted', async () => (await others()) === before.count + 1)
    } finally {
      await admin(['delete', 'clusterrolebinding,clusterrole', name])
    }
    const told = gate.lines.filter((line): line is Finding => line.msg === 'who holds nodes/proxy')
    expect(told.at(-1)).toMatchObject({ level: 40, code: 'E_NODES_PROXY' })
    expect(told.at(-1)?.holders).toContain(`ServiceAccount ${namespace}/prometheus`)
    expect(told.at(-1)?.ofTheCluster).toContain('Group system:masters')
    await until('it is over', async () => (await others()) === before.count)
  })

  test('known ways in are nothing to tell, and an unknown one is told', async () => {
    expect(findings(gate).filter(({ code }) => code === 'E_UNKNOWN_WAY_IN')).toEqual([])
    const consoles = {
      name: 'machines/console',
      singularName: '',
      namespaced: true,
      kind: 'ConsoleOptions',
      verbs: ['get', 'create'],
    }
    const machines = {
      name: 'machines',
      singularName: 'machine',
      namespaced: true,
      kind: 'Machine',
      verbs: ['get', 'list'],
    }
    const group = 'sally.example.com'
    const told = (): readonly Finding[] => findings(gate).filter(({ code }) => code === 'E_UNKNOWN_WAY_IN')
    const api = await serveAggregatedApi({ group, namespace, resources: [machines, consoles] })
    try {
      await until('it is told', () => told().length > 0, 30_000)
    } finally {
      await api.close()
    }
    expect(told()).toMatchObject([{ level: 50, subresources: [`machines/console (${group}/v1)`] }])
  })

  test('without its right to restore it says so, and with it again it goes on', async () => {
    const binding = 'sallyport-self-check'
    const before = await content(configuration, 'sallyport')
    const role = JSON.stringify({ ...(await stored('clusterrolebinding', binding)), metadata: { name: binding } })
    await admin(['delete', 'clusterrolebinding', binding])
    try {
      const found = findings(gate).length
      await until('it is not restored', async () => {
        await tamper(configuration, 'sallyport', replaced('/webhooks/0/failurePolicy', 'Ignore'))
        return findings(gate)
          .slice(found)
          .some(({ outcome }) => outcome === 'not restored')
      })
      expect(findings(gate).at(-1)).toMatchObject({ code: 'E_NOT_RESTORED', err: { status: 403 } })
    } finally {
      await admin(['create', '-f', '-'], role)
    }
    await until('it is as it was', async () => isDeepStrictEqual(await content(configuration, 'sallyport'), before))
  })
})

describe('with onDifference Report', () => {
  let gate: DevGate

  beforeAll(async () => {
    gate = await startDevGate({ selfCheck: { interval, onDifference: 'Report' } })
    await untilGateKept()
  })
  afterAll(async () => {
    await gate.stop()
  })

  test('it tells what differs and what is missing, once each, and writes nothing', async () => {
    await tamper(configuration, 'sallyport', replaced('/webhooks/0/failurePolicy', 'Ignore'))
    await admin(['delete', policyBinding, 'sallyport-identity'])
    const left = await content(configuration, 'sallyport')
    const told = (kind: string, code: string): readonly Finding[] =>
      findings(gate).filter((finding) => finding.kind === kind && finding.code === code)
    const changed = (kind: string): readonly Finding[] => told(kind, 'E_INSTALLATION_CHANGED')
    const missing = (): readonly Finding[] => told('ValidatingAdmissionPolicyBinding', 'E_INSTALLATION_MISSING')

    await until('the first is told', () => changed('ValidatingWebhookConfiguration').length > 0, restoredMs)
    await until('the second is told', () => missing().length > 0, restoredMs)
    // This is found at a later look. A look in between would have reported the first two again, if any look does.
    await tamper('mutatingwebhookconfiguration', 'sallyport', replaced('/webhooks/0/timeoutSeconds', 30))
    await until('the third is told', () => changed('MutatingWebhookConfiguration').length > 0, restoredMs)

    expect(changed('ValidatingWebhookConfiguration')).toMatchObject([
      { outcome: 'reported', differences: [`webhooks[${gateEntry}].failurePolicy is "Ignore", and should be "Fail"`] },
    ])
    expect(missing()).toMatchObject([{ outcome: 'reported' }])
    expect(await content(configuration, 'sallyport')).toEqual(left)
    expect(await stored(policyBinding, 'sallyport-identity')).toBeUndefined()
  })
})

/**
 * Returns the parts of an object that Sallyport decides. The random parts of paths are left out, because each leader
 * makes them anew.
 */
function contentOf(object: Stored | undefined): object | undefined {
  const content = object && { ...object, metadata: ours(object.metadata.labels), status: undefined }
  return content && (JSON.parse(concealed(JSON.stringify(content))) as object)
}

/** Returns labels without the mark that `npm run dev` puts on all it installs. */
function ours(labels: object): object {
  return { ...labels, 'app.kubernetes.io/managed-by': undefined }
}

async function content(kind: string, name: string): Promise<object | undefined> {
  return contentOf(await stored(kind, name))
}
