import { describe, expect, test } from '@jest/globals'
import { CommanderError, type Command } from 'commander'
import { createProgram } from '../../../src/cli/program.ts'
import { verbs } from '../../../src/cli/verbs.ts'

interface Ran {
  readonly verb: string
  readonly options: unknown
}

/** Returns the result of parsing a command line. A usage error is thrown. */
function parsed(line: string, command?: readonly string[]): Promise<Ran | undefined> {
  return parsedWords(line.split(' '), command)
}

async function parsedWords(words: readonly string[], command?: readonly string[]): Promise<Ran | undefined> {
  let ran: Ran | undefined
  const program = createProgram({
    command,
    async run(load, options) {
      const { name } = await load()
      ran = { verb: name, options }
    },
  })
  silence(program)
  await program.parseAsync(words, { from: 'user' })
  return ran
}

function silence(command: Command): void {
  command.configureOutput({ writeErr: () => undefined, writeOut: () => undefined })
  command.commands.forEach(silence)
}

describe('a command line becomes the options of a verb', () => {
  test('of a request', async () => {
    const line = 'request exec web-0 -n shop -c app --reason OPS-42 --duration 30m --once -it --name look --wait=10m'

    expect(await parsed(line, ['cat', '--version'])).toEqual({
      verb: 'requestExec',
      options: {
        pod: 'web-0',
        namespace: 'shop',
        container: 'app',
        reason: 'OPS-42',
        duration: '30m',
        once: true,
        stdin: true,
        tty: true,
        name: 'look',
        wait: '10m',
        command: ['cat', '--version'],
      },
    })
  })

  test('of a migration', async () => {
    expect(await parsed('migrate -f oz -f kudo.yaml --requests -n shop')).toEqual({
      verb: 'migrate',
      options: { filename: ['oz', 'kudo.yaml'], output: 'yaml', requests: true, namespace: 'shop' },
    })
  })

  test('of a request under a template, for whatever pod it has', async () => {
    expect(await parsed('request exec --template web --debug --wait-for-pod --reason r')).toEqual({
      verb: 'requestExec',
      options: { template: 'web', debug: true, waitForPod: true, reason: 'r' },
    })
  })

  test('of a request for a shell', async () => {
    const line = 'request shell --cluster-template web --reason r --cpu 500m --memory 1Gi --ephemeral-storage 2G'

    expect(await parsed(line)).toEqual({
      verb: 'requestShell',
      options: { clusterTemplate: 'web', reason: 'r', cpu: '500m', memory: '1Gi', ephemeralStorage: '2G' },
    })
  })

  test('of a request for roles', async () => {
    expect(await parsed('request role --cluster-template on-call --reason r --duration 1h')).toEqual({
      verb: 'requestRole',
      options: { clusterTemplate: 'on-call', reason: 'r', duration: '1h' },
    })
  })

  test('of attributes, as many as there are', async () => {
    const line = 'request exec web-0 --reason r --attribute ticket=OPS-42 --attribute query=a=b --attribute empty='

    expect(await parsed(line)).toMatchObject({
      options: { attribute: { ticket: 'OPS-42', query: 'a=b', empty: '' } },
    })
    expect(await parsed('request exec web-0 --reason r --attribute __proto__=x')).toHaveProperty(
      ['options', 'attribute'],
      Object.fromEntries([['__proto__', 'x']]),
    )
  })

  test('of a look at what is offered', async () => {
    expect(await parsed('templates -n shop')).toEqual({ verb: 'listTemplates', options: { namespace: 'shop' } })
  })

  test('of a look at requests', async () => {
    expect(await parsed('list --to-review -A -o wide')).toEqual({
      verb: 'list',
      options: { toReview: true, allNamespaces: true, output: 'wide' },
    })
    expect(await parsed('list --mine -n shop')).toEqual({ verb: 'list', options: { mine: true, namespace: 'shop' } })
    expect(await parsed('describe areq/look -o yaml')).toEqual({
      verb: 'describe',
      options: { request: 'look', output: 'yaml' },
    })
    expect(await parsed('history --of Al@ice:/# --pod web-0 -o name')).toEqual({
      verb: 'history',
      options: { of: 'Al@ice:/#', pod: 'web-0', since: '24h', output: 'name' },
    })
  })

  test('of a look at all templates, and of a test of one', async () => {
    expect(await parsed('templates --all -o json')).toEqual({
      verb: 'listTemplates',
      options: { all: true, output: 'json' },
    })
    const line = 'templates test - --as Al@ice:/# --as-group dev --as-group sre --attribute ticket=OPS-1 --context c'

    expect(await parsed(line)).toEqual({
      verb: 'testTemplate',
      options: {
        ...{ file: '-', asker: 'Al@ice:/#', groups: ['dev', 'sre'], reason: 'to try the template' },
        ...{ attribute: { ticket: 'OPS-1' }, context: 'c' },
      },
    })
  })

  test('of a question', async () => {
    expect(await parsed('can-i exec deploy/web -c app', ['id'])).toEqual({
      verb: 'canIExec',
      options: { place: { text: 'deploy/web', type: 'deploy', name: 'web' }, container: 'app', command: ['id'] },
    })
    expect(await parsed('can-i shell beside')).toEqual({ verb: 'canIShell', options: { template: 'beside' } })
  })

  test('of a request for later, that is only tried', async () => {
    expect(await parsed('request role --template a --reason r --at 14:30 --dry-run=server -o name')).toEqual({
      verb: 'requestRole',
      options: { template: 'a', reason: 'r', at: '14:30', dryRun: 'server', output: 'name' },
    })
  })

  test('--wait needs no time', async () => {
    expect(await parsed('request exec web-0 --reason r --wait')).toMatchObject({ options: { wait: true } })
  })

  test('of a verdict, with the global options in front or behind', async () => {
    expect(await parsed('--context prod approve look -n shop --digest 123456789abc --for 10m -m ok')).toEqual({
      verb: 'approve',
      options: {
        context: 'prod',
        request: 'look',
        namespace: 'shop',
        digest: '123456789abc',
        duration: '10m',
        message: 'ok',
      },
    })
    expect(await parsed('deny look --message no --kubeconfig f')).toEqual({
      verb: 'deny',
      options: { request: 'look', message: 'no', kubeconfig: 'f' },
    })
    expect(await parsed('revoke look')).toEqual({ verb: 'revoke', options: { request: 'look' } })
  })

  test('of a verdict by the other name of its verb', async () => {
    const digest = '123456789abc'
    expect(await parsed(`grant look --digest ${digest} --duration 10m`)).toEqual({
      verb: 'approve',
      options: { request: 'look', digest, duration: '10m' },
    })
    expect(await parsed('reject look')).toEqual({ verb: 'deny', options: { request: 'look' } })
  })

  test.each(['areq/look', 'accessrequest/look', 'accessrequest.access.sallyport.dev/look'])(
    'of a request as kubectl names it: %s',
    async (name) => {
      expect(await parsed(`approve ${name} --yes`)).toEqual({
        verb: 'approve',
        options: { request: 'look', yes: true },
      })
    },
  )

  test('of all that waits, and of all that a user has', async () => {
    expect(await parsed('review -A')).toEqual({ verb: 'review', options: { allNamespaces: true } })
    expect(await parsed('revoke --all-of Al@ice:/# -A -m gone')).toEqual({
      verb: 'revoke',
      options: { allOf: 'Al@ice:/#', allNamespaces: true, message: 'gone' },
    })
  })

  test('of an extension', async () => {
    expect(await parsed('extend look --for 1h --reason r --wait')).toEqual({
      verb: 'extend',
      options: { request: 'look', duration: '1h', reason: 'r', wait: true },
    })
  })
})

describe('a way in becomes the options of a verb', () => {
  const place = { text: 'deploy/web', type: 'deploy', name: 'web' }

  test('of a command', async () => {
    const line =
      'exec deploy/web -n shop -c app -it --once --for 30m --reason r --template look --attribute a=1 --wait 5m'

    expect(await parsed(line, ['id'])).toEqual({
      verb: 'exec',
      options: {
        ...{ place, namespace: 'shop', container: 'app', stdin: true, tty: true, once: true, duration: '30m' },
        ...{ reason: 'r', template: 'look', attribute: { a: '1' }, wait: '5m', command: ['id'] },
      },
    })
  })

  test('of a shell pod, and of its command', async () => {
    expect(await parsed('shell beside --memory 1Gi', ['bash'])).toEqual({
      verb: 'shell',
      options: { template: 'beside', memory: '1Gi', command: ['bash'] },
    })
    expect(await parsed('shell --cluster-template beside')).toEqual({
      verb: 'shell',
      options: { clusterTemplate: 'beside' },
    })
  })

  test('of ports', async () => {
    expect(await parsed('port-forward deploy/web 8080:80 :443 --address 0.0.0.0')).toEqual({
      verb: 'portForward',
      options: { place, ports: ['8080:80', ':443'], address: '0.0.0.0' },
    })
  })

  test('of a debug container', async () => {
    expect(await parsed('debug pod/web-0 --image tools:1 -i --profile general', ['ps'])).toEqual({
      verb: 'debug',
      options: {
        place: { text: 'web-0', name: 'web-0' },
        ...{ image: 'tools:1', stdin: true, profile: 'general', command: ['ps'] },
      },
    })
  })

  test('of a request to wait for', async () => {
    expect(await parsed('wait look --timeout 5m')).toEqual({
      verb: 'wait',
      options: { request: 'look', timeout: '5m' },
    })
  })
})

test('an audit is of a file or of the cluster', async () => {
  const hash = 'a'.repeat(64)

  expect(await parsed(`audit verify events.jsonl --head 7:${hash}`)).toEqual({
    verb: 'auditVerify',
    options: { file: 'events.jsonl', head: { index: 7, hash } },
  })
  expect(await parsed('audit verify --context prod')).toEqual({ verb: 'auditVerify', options: { context: 'prod' } })
})

test('a doctor is told what to try, and as whom', async () => {
  expect(await parsed('doctor --canary --yes -o json -n shop')).toEqual({
    verb: 'doctor',
    options: { canary: true, yes: true, output: 'json', namespace: 'shop' },
  })
  expect(await parsed('doctor --observed')).toEqual({ verb: 'doctor', options: { observed: true } })
})

test('no verb has an option that kubectl has for the connection: commander would take it for both', () => {
  const program = createProgram({ command: undefined, run: () => Promise.resolve() })
  const longs = ({ options }: Command) => options.flatMap(({ long }) => (long === undefined ? [] : [long]))
  const below = (one: Command): readonly Command[] => one.commands.flatMap((verb) => [verb, ...below(verb)])

  expect(
    below(program)
      .flatMap(longs)
      .filter((long) => longs(program).includes(long)),
  ).toEqual([])
})

describe('a program with one verb', () => {
  const line = { command: undefined, run: () => Promise.resolve() }
  const whole = createProgram(line)
  const helpBelow = (one: Command): readonly string[] => [one.helpInformation(), ...one.commands.flatMap(helpBelow)]
  const names = Object.values(verbs).flatMap((ofGroup) => Object.keys(ofGroup))

  test.each(names.filter((name) => name !== '__complete'))('takes %s as the whole program does', (name) => {
    const verbOfWhole = whole.commands.filter((one) => one.name() === name)
    const { commands } = createProgram(line, name)

    expect(commands.map((one) => one.name())).toEqual([name])
    expect(commands.flatMap(helpBelow)).toEqual(verbOfWhole.flatMap(helpBelow))
  })

  test.each(['__complete', 'help', 'grant', '-n', 'exce', 'constructor', ''])('is not made for %j', (word) => {
    expect(createProgram(line, word).commands).toHaveLength(names.length)
  })
})

test('an audit is of the installation that is named', async () => {
  expect(await parsed('audit tail -f --request look --of Al@ice:/# -o json --installed-in gates')).toEqual({
    verb: 'auditTail',
    options: { follow: true, request: 'look', of: 'Al@ice:/#', output: 'json', installedIn: 'gates' },
  })
  expect(await parsed('audit test archive --installed-in gates')).toEqual({
    verb: 'auditTest',
    options: { sink: 'archive', installedIn: 'gates' },
  })
})

test('a command that stands before -- is shown behind it, whole and as a shell must read it', async () => {
  await expect(parsedWords(['exec', 'web-0', 'rm -rf /', '$HOME'])).rejects.toThrow(
    "error: put the command behind --, as in: kubectl access exec web-0 -- 'rm -rf /' '$HOME'",
  )
  await expect(parsed('can-i exec web-0 id')).rejects.toThrow(/: kubectl access can-i exec web-0 -- id$/)
})

test('a verb of templates that is misspelt is told', async () => {
  await expect(parsed('templates tset')).rejects.toThrow('error: templates has no verb tset. Did you mean test?')
})

test.each([
  ['a doctor who tries and looks back at once', 'doctor --canary --observed'],
  ['a head without a hash', 'audit verify --head 7'],
  ['a test of no sink', 'audit test'],
  ['an installation that leads elsewhere', 'audit tail --installed-in ..'],
  ['a blank reason', 'request exec web-0 --reason= '],
  ['a request for no pod and under no template', 'request exec --reason r'],
  ['a request under two templates', 'request exec --template a --cluster-template b --reason r'],
  ['a shell without a template', 'request shell --reason r'],
  ['roles without a template', 'request role --reason r'],
  ['a quantity that is none', 'request shell --template a --reason r --cpu lots'],
  ['a command without --', 'request exec web-0 sh --reason r'],
  ['a kind in front of the name', 'request exec pod/web-0 --reason r'],
  ['a command without -- behind exec', 'exec web-0 id'],
  ['a way in to nowhere', 'exec'],
  ['a place that leads elsewhere', 'exec ../web-0'],
  ['a shell of no template', 'shell'],
  ['a shell of two templates', 'shell a --cluster-template b'],
  ['ports that are missing', 'port-forward web-0'],
  ['a debug container without an image', 'debug web-0'],
  ['a debug container in a workload', 'debug deploy/web --image tools:1'],
  ['a name that leads elsewhere', 'approve ..'],
  ['a request with capitals', 'approve Look'],
  ['a request with other characters', 'approve al@ice:/#'],
  ['a request of another kind', 'approve pod/web-0'],
  ['a blank message', 'deny look --message= '],
  ['nothing to revoke', 'revoke'],
  ['two things to revoke', 'revoke look --all-of alice'],
  ['one request in all namespaces', 'revoke look -A'],
  ['a namespace that leads elsewhere', 'approve look -n ../..'],
  ['a duration that is none', 'request exec web-0 --reason r --duration 5'],
  ['no duration at all', 'request exec web-0 --reason r --duration 0s'],
  ['an attribute without a value', 'request exec web-0 --reason r --attribute ticket'],
  ['an attribute without a key', 'request exec web-0 --reason r --attribute =OPS-42'],
  ['an attribute that is given twice', 'request exec web-0 --reason r --attribute a=1 --attribute a=2'],
  ['a digest that is too short', 'approve look --digest 1234'],
  ['a look at mine and at all', 'list --mine --all'],
  ['a format that is none', 'list -o table'],
  ['one request as a table', 'describe look -o wide'],
  ['a request with capitals to describe', 'describe Look'],
  ['no time at all for a history', 'history --since 0'],
  ['a pod that leads elsewhere', 'history --pod ../web-0'],
  ['a test of a template for nobody', 'templates test f.yaml'],
  ['a question about a command without --', 'can-i exec web-0 id'],
  ['a question about nothing', 'can-i'],
  ['a time that is none', 'request exec web-0 --reason r --at 25:00'],
  ['a dry run elsewhere', 'request exec web-0 --reason r --dry-run=both'],
  ['an unknown option', 'approve look --force'],
  ['an unknown verb', 'permit look'],
])('%s is no command line', async (_what, line) => {
  await expect(parsed(line)).rejects.toThrow(CommanderError)
})
