import { randomUUID } from 'node:crypto'
import type { SinkConfig } from '../../api/config/audit-config.ts'
import { installation } from '../../api/installation.ts'
import { eventContentType } from '../../audit/delivery/sink.ts'
import { sinkTest } from '../../audit/event/sink-test.ts'
import { say } from '../../decision/text/sentence.ts'
import { createSignedCaller, type SignedAnswer } from '../../signed-calls/signed-caller.ts'
import { inSession } from '../connection/session.ts'
import { exitCode, type ExitCode } from '../output/exit-code.ts'
import { Refusal, sentenceOf } from '../output/failure.ts'
import { tell } from '../output/output.ts'
import type { AuditTestOptions } from './audit-verb.ts'
import { readConfig, readMounted } from './installed-config.ts'

/** `audit test`: sends a signed test event to a sink of the installation, from this machine. */
export function auditTest(options: AuditTestOptions): Promise<ExitCode> {
  const { sink: name, installedIn: namespace = installation.namespace, ...where } = options
  return inSession(where, async ({ client }) => {
    const installed = { client, namespace }
    const { source, sinks } = (await readConfig(installed)).audit
    const sink = sinks.find((one) => one.name === name)
    if (!sink) throw noSink(name, sinks)
    const { caFile, tokenFile, secretFiles } = sink
    const files = await readMounted(
      installed,
      [...secretFiles, caFile, tokenFile].filter((file) => file !== undefined),
    )
    const id = randomUUID()
    const begun = performance.now()
    const { status } = await send(sink, files, { id, source })
    const took = `${Math.round(performance.now() - begun)} ms`
    if (status < 200 || status > 299)
      throw new Refusal(
        say`Sink ${name} did not take the test event ${id}: it answered ${String(status)} after ${took}.`,
      )
    tell(say`Sink ${name} took the test event ${id}: it answered ${String(status)} after ${took}.`)
    return exitCode.done
  })
}

function noSink(name: string, sinks: readonly SinkConfig[]): Refusal {
  const names = sinks.map((sink) => sink.name).join(', ')
  return new Refusal(say`The config has no sink ${name}. It has: ${names || 'none'}.`)
}

async function send(
  sink: SinkConfig,
  files: ReadonlyMap<string, string>,
  { id, source }: { readonly id: string; readonly source: string },
): Promise<SignedAnswer> {
  const caller = createSignedCaller(sink, Date.now, (file) => Promise.resolve(files.get(file) ?? ''))
  const body = JSON.stringify(sinkTest({ source, now: Date.now() }, id))
  try {
    return await caller.post({ id, contentType: eventContentType, body }, new AbortController().signal)
  } catch (error) {
    const about = say`Sink ${sink.name} at ${sink.url} did not answer this machine. A replica in the cluster may reach it.`
    throw new Refusal(`${about}\n${sentenceOf(error)}`)
  } finally {
    await caller.close()
  }
}
