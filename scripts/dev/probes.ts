import { setTimeout as sleep } from 'node:timers/promises'
import { toMicroTime } from '../../src/api/micro-time.ts'
import { accessRecordKind } from '../../src/api/kinds/access-record.ts'
import { accessRequestKind } from '../../src/api/kinds/access-request.ts'
import type { Kind } from '../../src/api/kinds/kind.ts'
import type { Client } from '../../src/cluster/client/client.ts'
import { pathOf } from '../../src/cluster/client/resource.ts'
import { installation } from '../../src/api/installation.ts'
import { connectMatch } from '../../src/install/gate-matches.ts'
import { stampRequestMatch } from '../../webhooks/stamp-request.ts'
import type { CallAddress } from '../../test/cluster/call-address.ts'
import type { GateProcess } from './gate-process.ts'
import { unreached } from './unreached.ts'

// This node does not exist: the call is decided at admission, and goes nowhere after that.
const probe = { name: 'sallyport-probe', path: '/api/v1/nodes/sallyport-probe/proxy/probe' }
const probeDeadlineMs = 20_000
const probeIntervalMs = 50

/** Asks until all new webhook configurations and policies are in force. That takes the API server a moment. */
export async function untilItHolds(
  client: Client,
  gate: GateProcess,
  { at, stop }: { at: CallAddress; stop: AbortSignal },
): Promise<void> {
  const deadline = Date.now() + probeDeadlineMs
  while (!(await isGated(client, gate, stop)) || !(await isStamped(client, stop)) || !(await isGuarded(client, stop))) {
    stop.throwIfAborted()
    if (Date.now() > deadline) {
      const said = await client.call(probe.path, { signal: stop }).then(() => 'nothing', String)
      throw new Error(unreached(at, gate.port, said))
    }
    await sleep(probeIntervalMs)
  }
}

/** True if our webhook refuses a way in, or, in Observe, was at least asked about it. */
async function isGated(client: Client, gate: GateProcess, signal: AbortSignal): Promise<boolean> {
  const answer = await client.call(probe.path, { signal }).catch((error: unknown) => String(error))
  return String(answer).includes(connectMatch.name) || gate.decisionsFor(probe.name) > 0
}

/**
 * True if a request that does not name its requestor is accepted. That happens only when a webhook stamps it. True as well if
 * that webhook refuses it, as under a config that takes no request without a template.
 */
async function isStamped(client: Client, signal: AbortSignal): Promise<boolean> {
  const spec = { exec: { pod: probe.name } }
  return dryRun(client, { kind: accessRequestKind, spec }, signal).then(
    () => true,
    (error: unknown) => String(error).includes(`"${stampRequestMatch.name}" denied`),
  )
}

/** True if our policy refuses an administrator's record. */
async function isGuarded(client: Client, signal: AbortSignal): Promise<boolean> {
  const spec = { id: probe.name, type: 'dev.sallyport.probe.made.v1', time: toMicroTime(Date.now()) }
  return dryRun(client, { kind: accessRecordKind, spec }, signal).then(
    () => false,
    (error: unknown) => String(error).includes('E_SALLYPORT_ONLY'),
  )
}

function dryRun(client: Client, { kind, spec }: { kind: Kind; spec: object }, signal: AbortSignal): Promise<unknown> {
  const { namespace } = installation
  const body = { apiVersion: kind.apiVersion, kind: kind.kind, metadata: { name: probe.name, namespace }, spec }
  return client.call(pathOf(kind, { namespace }), { method: 'POST', query: { dryRun: 'All' }, body, signal })
}
