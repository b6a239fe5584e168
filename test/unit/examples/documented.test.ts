import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { stringify, parse } from 'yaml'
import { onWholeLines } from '../../../scripts/dev/whole-lines.ts'
import { auditExamples } from '../../../scripts/docs/audit-examples.ts'
import { typeName, type AuditEvent } from '../../../src/api/audit-event.ts'
import { createSink } from '../../../src/audit/delivery/sink.ts'
import { parseConfig, type Config } from '../../../src/config/config.ts'
import { questionOfChallenge } from '../../../src/decision/admission/validator-questions.ts'
import { createValidators } from '../../../src/validation/validators.ts'
import { freePorts } from '../../cluster/free-port.ts'
import { startChatServer, type ChatServer } from '../../fixtures/chat-server.ts'
import { aRequest, pending } from '../../fixtures/example-access.ts'
import { pages } from '../../fixtures/documents.ts'
import { run, type Ended } from '../../fixtures/run.ts'
import { temporaryFolder } from '../../fixtures/temporary-folder.ts'

// A person who follows docs/audit.md and docs/validators.md to the letter: their configs call their commands.

const folder = temporaryFolder()
const { signal } = new AbortController()
const children: ChildProcess[] = []
let chat: ChatServer

beforeAll(async () => {
  chat = await startChatServer(folder)
})
afterAll(async () => {
  for (const child of children) child.kill()
  await chat[Symbol.asyncDispose]()
})

const names = ['audit-consumer', 'notify', 'validator'] as const
type ExampleName = (typeof names)[number]

/** The command line of an example in the docs. */
function documented(name: ExampleName): string {
  const lines = pages.flatMap(({ blocks }) => blocks.flatMap(({ text }) => text.split('\n')))
  const line = lines.find((one) => one.startsWith(`node examples/${name}/main.ts`))
  if (line === undefined) throw new Error(`no page says how to run examples/${name}`)
  return line
}

/** A folder of its own, in which nothing is but the examples. */
function place(name: string): string {
  const dir = join(folder, name)
  mkdirSync(dir)
  symlinkSync(resolve('examples'), join(dir, 'examples'))
  return dir
}

function shell(dir: string, line: string): Promise<Ended> {
  return run('sh', ['-c', `cd ${dir} && PATH=${resolve(process.execPath, '..')}:$PATH && ${line}`])
}

/** Runs the line, and makes the file that it misses by the command that it prints. */
async function makeWhatItSays(dir: string, line: string, file: string): Promise<void> {
  const { code, stderr } = await shell(dir, line)
  const [said = '', command = ''] = stderr.trim().split('\n')

  expect({ code, lines: stderr.trim().split('\n').length }).toEqual({ code: 1, lines: 2 })
  expect(said).toContain(`There is no file ${file}.`)
  expect(await shell(dir, command)).toMatchObject({ code: 0 })
}

/** Runs the line; resolves once it listens. */
async function serve(dir: string, line: string): Promise<void> {
  const child = spawn('sh', ['-c', `exec ${line.replace(/^node/, process.execPath)}`], {
    cwd: dir,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  children.push(child)
  const listens = new Promise<true>((done) => {
    onWholeLines(child.stdout, () => {
      done(true)
    })
  })
  if ((await Promise.race([listens, once(child, 'close')])) !== true) throw new Error(`it ended: ${line}`)
}

/** The config of the docs that has this in it, as its readers would change it: another host, and their files. */
function documentedConfig(page: string, holding: string, { dir, port }: { dir: string; port: number }): Config {
  const text = pages
    .find(({ file }) => file === page)
    ?.blocks.find(({ language, text: one }) => language === 'yaml' && one.includes(holding))?.text
  const here = (text ?? '')
    .replaceAll(/https:\/\/[^/]+\//g, `https://localhost:${port}/`)
    .replaceAll(/\/etc\/sallyport\/[\w-]+\/ca\.crt/g, join(dir, 'tls.crt'))
    .replaceAll(/\/etc\/sallyport\/[\w-]+\//g, `${dir}/`)
  const head = { apiVersion: 'config.sallyport.dev/v1alpha1', kind: 'SallyportConfig' }
  return parseConfig(stringify({ ...head, ...(parse(here) as object) }), page)
}

function eventOf(type: Parameters<typeof typeName>[0]): AuditEvent {
  const event = auditExamples().find((one) => one.type === typeName(type))
  if (!event) throw new Error(`no example of ${type}`)
  return event
}

test.each(names)('%s explains itself', async (name) => {
  const dir = place(`${name}-help`)
  const help = await shell(dir, `node examples/${name}/main.ts --help`)
  const wrong = await shell(dir, `node examples/${name}/main.ts --certificate x`)

  expect(help).toMatchObject({ code: 0, stderr: '' })
  const options = documented(name).match(/--[a-z-]+/g) ?? []
  for (const option of options) expect(help.stdout).toContain(`${option} `)
  expect(wrong).toMatchObject({ code: 2, stdout: '' })
  expect(wrong.stderr).toMatch(/^Unknown option '--certificate'.*\n--help prints the arguments\.\n$/)
})

describe('by the docs', () => {
  test('the audit consumer takes what the documented sink delivers', async () => {
    const [dir, [port = 0]] = [place('audit-consumer'), await freePorts(1)]
    const line = `${documented('audit-consumer')} --port ${port}`
    await makeWhatItSays(dir, line, 'tls.crt')
    await makeWhatItSays(dir, line, 'secret')
    await serve(dir, line)

    const [config] = documentedConfig('docs/audit.md', 'name: archive', { dir, port }).audit.sinks
    if (!config) throw new Error('the docs have no sink')
    expect(new URL(config.url).pathname).toBe('/events')
    const sink = createSink(config, () => Date.now())
    await sink.deliver(eventOf('gate.allowed'), signal)
    await sink.close()

    expect(readFileSync(join(dir, 'events.jsonl'), 'utf8')).toBe(`${JSON.stringify(eventOf('gate.allowed'))}\n`)
  })

  test('the bridge to a chat posts what the documented sink delivers', async () => {
    const [dir, [port = 0]] = [place('notify'), await freePorts(1)]
    const line = `${documented('notify')} --port ${port} --chat-ca ${chat.caFile}`
    await makeWhatItSays(dir, line, 'tls.crt')
    await makeWhatItSays(dir, line, 'secret')
    const { code, stderr } = await shell(dir, line)
    expect([code, stderr]).toEqual([1, expect.stringContaining('There is no file chat-url. It holds the URL')])
    writeFileSync(join(dir, 'chat-url'), readFileSync(chat.urlFile))
    await serve(dir, line)

    const [config] = documentedConfig('docs/audit.md', 'name: chat', { dir, port }).audit.sinks
    if (!config) throw new Error('the docs have no sink for a chat')
    const sink = createSink(config, () => Date.now())
    expect([sink.accepts(eventOf('request.pending')), sink.accepts(eventOf('gate.allowed'))]).toEqual([true, false])
    await sink.deliver(eventOf('request.pending'), signal)
    await sink.close()

    expect(chat.taken).toEqual([expect.stringContaining('kubectl access approve look -n shop')])
  })

  test('the validator answers what the documented config asks', async () => {
    const [dir, [port = 0]] = [place('validator'), await freePorts(1)]
    writeFileSync(join(dir, 'token'), 'only-sallyport')
    const line = documented('validator').replace(/--port \d+/, `--port ${port}`)
    await makeWhatItSays(dir, line, 'tls.crt')
    await makeWhatItSays(dir, line, 'secret')
    expect(await shell(dir, line)).toMatchObject({ code: 1, stderr: expect.stringContaining('open-tickets.txt') })
    writeFileSync(join(dir, 'open-tickets.txt'), 'OPS-42\n')
    await serve(dir, line)

    const config = documentedConfig('docs/validators.md', 'name: ticket-check', { dir, port }).validators
    expect(config.map(({ url }) => new URL(url).pathname)).toEqual(['/validate'])
    const failures: unknown[] = []
    const validators = createValidators(config, {
      ...{ source: '/test', now: () => Date.now() },
      ...{ onFailure: (failure) => failures.push(failure), onAnswer: () => undefined },
    })
    const [one] = validators.of('Request', 'shop')
    const answers = []
    for (const ticket of ['OPS-42', 'OPS-43']) {
      const question = questionOfChallenge(pending(aRequest({ attributes: { ticket } })))
      answers.push(question && (await one?.ask(question, ticket, signal)))
    }
    await validators.close()

    expect({ answers, failures }).toEqual({
      answers: [{ outcome: 'yes' }, { outcome: 'no', message: 'ticket OPS-43 is not open' }],
      failures: [],
    })
  })
})
