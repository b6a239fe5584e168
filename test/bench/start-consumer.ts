import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { createAuthority, issueLeaf } from '../../certs/authority.ts'

/** The fields of the consumer's entry in `audit.sinks`. */
export interface ConsumerAddress {
  readonly url: string
  readonly caFile: string
  readonly secretFiles: [string]
}

const validity = { from: new Date(), days: 1 }

/** Starts examples/audit-consumer as a process on this machine, until the clean-up. */
export async function startConsumer(cleanup: AsyncDisposableStack): Promise<ConsumerAddress> {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-bench-'))
  cleanup.defer(() => {
    rmSync(folder, { recursive: true, force: true })
  })
  const at = (name: string): string => join(folder, name)
  const authority = await createAuthority('sink CA', validity)
  const { cert, key } = await issueLeaf(authority, ['127.0.0.1'], validity)
  const secret = `whsec_${Buffer.alloc(32, 'bench').toString('base64')}`
  for (const [name, text] of Object.entries({ ca: authority.cert, cert, key, secret })) writeFileSync(at(name), text)
  const files = ['cert', 'key', 'secret'].flatMap((name) => [`--${name}`, at(name)])
  const args = ['examples/audit-consumer/main.ts', ...files, '--port', '0', '--file', at('events.jsonl')]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  cleanup.defer(async () => {
    const ended = once(child, 'exit')
    child.kill()
    await ended
  })
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string]
  const port = /:(\d+)$/.exec(line)?.[1] ?? ''
  return { url: `https://127.0.0.1:${port}/`, caFile: at('ca'), secretFiles: [at('secret')] }
}
