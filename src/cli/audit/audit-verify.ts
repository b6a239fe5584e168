import { closeSync, openSync, readSync } from 'node:fs'
import { StringDecoder } from 'node:string_decoder'
import type { AuditEvent } from '../../api/audit-event.ts'
import { accessRecordKind, type AccessRecord } from '../../api/kinds/access-record.ts'
import type { Checked } from '../../api/schema/schema-check.ts'
import { auditLabel } from '../../audit/record/event-record.ts'
import { eventOfLine, readRecord } from '../../audit/record/read-record.ts'
import { verifyChain, type Verification } from '../../audit/chain/verify-chain.ts'
import type { Client } from '../../cluster/client/client.ts'
import { say } from '../../decision/text/sentence.ts'
import { installation } from '../../api/installation.ts'
import { exitCode, type ExitCode } from '../output/exit-code.ts'
import { tell } from '../output/output.ts'
import { Refusal } from '../output/failure.ts'
import type { AuditVerifyOptions } from './audit-verb.ts'
import { inSession } from '../connection/session.ts'

/** `audit verify`: names the first broken place of the chain. With a file it needs no cluster. */
export async function auditVerify({ file, head, since, installedIn, ...where }: AuditVerifyOptions): Promise<ExitCode> {
  const events =
    file === undefined ? await inSession(where, ({ client }) => readRecords(client, installedIn)) : readLines(file)
  const result = verifyChain(events, { head, since, mayBePruned: file === undefined })
  tell(describe(result))
  return result.ok ? exitCode.done : exitCode.error
}

async function readRecords(client: Client, namespace = installation.namespace): Promise<readonly AuditEvent[]> {
  const options = { namespace, labelSelector: auditLabel }
  const { items } = await client.list(accessRecordKind, options)
  return items.flatMap((item) => {
    const { events, problems } = readRecord(item as AccessRecord)
    if (problems.length > 0) throw changed(item.metadata.name, problems)
    return events
  })
}

function* readLines(file: string): Iterable<AuditEvent> {
  let number = 0
  for (const line of linesOf(file)) {
    number++
    if (line.trim() !== '') yield valid(`line ${number}`, eventOfLine(line))
  }
}

// An archive may be longer than a string can be.
const chunkBytes = 1_048_576

function* linesOf(file: string): Iterable<string> {
  const [decoder, chunk] = [new StringDecoder('utf8'), Buffer.alloc(chunkBytes)]
  const from = named(file, () => openSync(file, 'r'))
  const next = (): number => named(file, () => readSync(from, chunk))
  let rest = ''
  try {
    for (let read = next(); read > 0; read = next()) {
      const lines = (rest + decoder.write(chunk.subarray(0, read))).split('\n')
      rest = lines.pop() ?? ''
      yield* lines
    }
  } finally {
    closeSync(from)
  }
  yield rest + decoder.end()
}

/** @throws Refusal with the file's name: not every error of the system has it */
function named<T>(file: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw new Refusal(say`${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`)
  }
}

function valid<T>(place: string, result: Checked<T>): T {
  if (result.ok) return result.value
  throw changed(place, result.problems)
}

function changed(place: string, problems: readonly string[]): Refusal {
  return new Refusal(say`changed: ${place} is not an event of Sallyport: ${problems.join('; ')}`)
}

function describe(result: Verification): string {
  if (!result.ok) return say`${result.broken.kind}: ${result.broken.place}: ${result.broken.why}.`
  const { head, firstLink, linked, unlinked } = result
  const begins = firstLink > 1 ? ` The first link is ${firstLink}.` : ''
  const keep =
    head.hash === undefined
      ? ''
      : `\nKeep this end of the chain elsewhere, and give it the next time: --head ${head.index}:${head.hash}`
  return `Whole: ${linked} events in ${head.index - firstLink + 1} links, ${unlinked} not linked yet.${begins}${keep}`
}
