import { readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { issueLeaf } from '../../../certs/authority.ts'
import type { Milliseconds } from '../../../src/api/duration.ts'
import { toMicroTime } from '../../../src/api/micro-time.ts'
import type { Client } from '../../../src/cluster/client.ts'
import { leases } from '../../../src/cluster/lease-record.ts'
import { installation } from '../../../src/provision/install/names.ts'
import { forgetLeader, type Installation } from '../../fixtures/installation.ts'
import { leads, startReplica, type Replica } from '../../fixtures/replica.ts'
import { until } from '../../fixtures/until.ts'

/** Two replicas behind one address, which are killed and started again, and whose clocks are set. */
export interface Replicas extends AsyncDisposable {
  /** The one that leads, or where none does any; `leader: false` the other one. Another is started in its place meanwhile. */
  readonly kill: (signal: 'SIGTERM' | 'SIGKILL', leader: boolean) => Promise<void>
  /** Sets the time of day of both. */
  readonly setClock: (offsetMs: Milliseconds) => Promise<void>
  /** Somebody else takes the Lease: the webhooks go on. */
  readonly pause: () => Promise<void>
  /** The Lease is nobody's again, and soon one of them leads. */
  readonly resume: () => Promise<void>
}

const clock = join(import.meta.dirname, '../../fixtures/stepped-clock.ts')
const { name, namespace } = installation
// A Lease is looked at every 2 s; a process needs a second to start.
const deadlineMs = 30_000

export async function startReplicas({ config, kubeconfig, service }: Installation, admin: Client): Promise<Replicas> {
  const folder = dirname(config)
  const clockFile = join(folder, 'clock')
  writeFileSync(clockFile, '0')
  await backdateCertificate(folder)
  const start = (): Promise<Replica> =>
    startReplica({ config, kubeconfig, imports: [clock], env: { SALLYPORT_TEST_CLOCK_FILE: clockFile } })
  let running: readonly Replica[] = await Promise.all([start(), start()])
  let coming: Promise<void> = Promise.resolve()
  const killed: Promise<unknown>[] = []
  const announce = (replicas: readonly Replica[]): void => {
    running = replicas
    service.endpoints = replicas.map(({ port }) => port)
  }
  const untilOneLeads = (): Promise<unknown> => until('a replica leads', () => running.some(leads), deadlineMs)
  announce(running)
  await untilOneLeads()

  return {
    async kill(signal, leader) {
      await coming
      const victim = running.find((replica) => leads(replica) === leader) ?? running[0]
      const others = running.filter((replica) => replica !== victim)
      announce(others)
      const wasLeading = victim !== undefined && leads(victim)
      victim?.signal(signal)
      killed.push(Promise.resolve(victim?.ended))
      coming = start().then((replica) => {
        announce([...running, replica])
      })
      if (signal === 'SIGTERM') return
      await victim?.ended
      if (wasLeading) await forgetLeader()
    },
    async setClock(offsetMs) {
      await coming
      writeFileSync(clockFile, String(offsetMs))
      for (const replica of running) {
        const before = replica.lines.length
        replica.signal('SIGUSR2')
        await until('the clock is set', () =>
          replica.lines.slice(before).some(({ msg }) => msg === 'the clock was set'),
        )
      }
    },
    async pause() {
      await untilOneLeads()
      const now = toMicroTime(Date.now())
      const spec = { holderIdentity: 'somebody-else', leaseDurationSeconds: 3_600, acquireTime: now, renewTime: now }
      await admin.patch(leases, { name, namespace }, { spec })
      await until('nobody leads', () => !running.some(leads), deadlineMs)
    },
    async resume() {
      await admin.remove(leases, { name, namespace })
      await untilOneLeads()
    },
    async [Symbol.asyncDispose]() {
      await coming
      await Promise.all(killed)
      for (const replica of running) await replica[Symbol.asyncDispose]()
    },
  }
}

/** One that is valid for long already: a replica whose clock is behind does not start with one that is not yet valid. */
async function backdateCertificate(folder: string): Promise<void> {
  const read = (file: string): string => readFileSync(join(folder, file), 'utf8')
  const validity = { from: new Date(Date.now() - 86_400_000), days: 2 }
  const leaf = await issueLeaf({ cert: read('ca.crt'), key: read('ca.key') }, ['127.0.0.1'], validity)
  writeFileSync(join(folder, 'tls.crt'), leaf.cert)
  writeFileSync(join(folder, 'tls.key'), leaf.key)
}
