import { readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { issueLeaf } from '../../../certs/authority.ts'
import type { Milliseconds } from '../../../src/api/duration.ts'
import type { Installation } from '../../fixtures/installation.ts'
import { freeLease, takeLease } from '../../fixtures/lease.ts'
import { leads, startReplica, type Replica } from '../../fixtures/replica.ts'
import { calledHost, listenHost } from '../../fixtures/this-machine.ts'
import { steppedTime } from '../../fixtures/stepped-time.ts'
import { until } from '../../fixtures/until.ts'

/** Two replicas behind one address. They are killed and started again, and their clocks are set. */
export interface Replicas extends AsyncDisposable {
  /**
   * Kills the leader, or any replica if none leads. With `leader: false` it kills the other one. A new one starts in
   * its place.
   */
  readonly kill: (signal: 'SIGTERM' | 'SIGKILL', leader: boolean) => Promise<void>
  /** Sets the time of day of both. */
  readonly setClock: (offsetMs: Milliseconds) => Promise<void>
  /** Makes somebody else take the Lease. The webhooks go on. */
  readonly pause: () => Promise<void>
  /** Frees the Lease. Soon one of them leads. */
  readonly resume: () => Promise<void>
}

// A replica looks at the Lease every 2 s, and a process needs a second to start.
const deadlineMs = 30_000

export async function startReplicas({ config, kubeconfig, service }: Installation): Promise<Replicas> {
  const folder = dirname(config)
  const time = steppedTime(folder)
  await backdateCertificate(folder)
  const start = (): Promise<Replica> => startReplica({ config, kubeconfig, ...time.options })
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
      if (wasLeading) await freeLease()
    },
    async setClock(offsetMs) {
      await coming
      await time.set(offsetMs, running)
    },
    async pause() {
      await untilOneLeads()
      await takeLease()
      await until('nobody leads', () => !running.some(leads), deadlineMs)
    },
    async resume() {
      await freeLease()
      await untilOneLeads()
    },
    async [Symbol.asyncDispose]() {
      await coming
      await Promise.all(killed)
      for (const replica of running) await replica[Symbol.asyncDispose]()
    },
  }
}

/**
 * Makes a certificate that has been valid for long: a replica whose clock is behind does not start with one that is not
 * yet valid.
 */
async function backdateCertificate(folder: string): Promise<void> {
  const read = (file: string): string => readFileSync(join(folder, file), 'utf8')
  const validity = { from: new Date(Date.now() - 86_400_000), days: 2 }
  const leaf = await issueLeaf({ cert: read('ca.crt'), key: read('ca.key') }, [calledHost(), listenHost()], validity)
  writeFileSync(join(folder, 'tls.crt'), leaf.cert)
  writeFileSync(join(folder, 'tls.key'), leaf.key)
}
