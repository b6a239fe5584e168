import { describe, expect, test } from '@jest/globals'
import { createConnection } from 'node:net'
import { once } from 'node:events'
import type { AccessRequest } from '../../src/api/kinds/access-request.ts'
import { storedRequest } from '../fixtures/access.ts'
import { certificateLogin } from '../fixtures/certificate-login.ts'
import { enterScene } from '../fixtures/enter-scene.ts'
import type { Ended } from '../fixtures/run.ts'
import { admin } from '../fixtures/kubectl.ts'
import { serviceAccountLogin } from '../fixtures/service-account.ts'
import { podsOf } from '../fixtures/templates.ts'
import { ctrlC, enterKey, testInTerminal } from '../fixtures/terminal.ts'
import { testCluster, testWithNode } from '../fixtures/test-cluster.ts'
import { until } from '../fixtures/until.ts'
import { mayExec } from '../fixtures/workload.ts'

// Every line is typed as users type it, in a shell or in a terminal, and runs the real plugin.

const namespace = 'cli-enter'
const testOnNode = testWithNode()
const testTerminal = testInTerminal(testOnNode)
const oddName = 'oidc:Jane/Doe@example.com#1'
const { gate, shell, terminal, waitingRequest, requestsFor } = enterScene(namespace)

const exec = (rest: string): string => `kubectl access exec web-0 -n ${namespace} --reason OPS-42 ${rest}`
const madeIn = (text: string): string => /Request (\S+) was made/.exec(text)?.[1] ?? ''

function grantLine({ metadata, status }: AccessRequest): string {
  return `kubectl access grant ${metadata.name} -n ${namespace} --digest ${status?.shortDigest ?? ''}`
}

describe('exec, from denied to inside in one command', () => {
  testOnNode('under a template that needs nobody: asked, let in, and told so on stderr', async () => {
    const denied = await shell('alice', `kubectl exec web-0 -n ${namespace} -- id`)
    const first = await shell('alice', exec('-- id'))
    const again = await shell('alice', `kubectl access exec pod/web-0 -n ${namespace} -- id`)
    const plain = await shell('alice', `kubectl exec web-0 -n ${namespace} -c app -- id`)

    expect(denied.code).toBe(1)
    expect(first).toMatchObject({ code: 0, stdout: expect.stringMatching(/^uid=0/) })
    // In between a busy machine says what it waits for.
    expect(first.stderr).toMatch(
      /^Defaulted container "app" out of: app, side\nRequest exec-web-0-\w{5} was made under AccessTemplate look\.\n/,
    )
    expect(first.stderr).toMatch(/\nYou have access until .*\d\d:\d\d\.\n$/)
    expect(first.stderr).not.toContain('approver')
    expect(again).toEqual({ ...plain, stderr: 'Defaulted container "app" out of: app, side\n' })
    expect(await requestsFor('id')).toBe(1)
  })

  testOnNode('the exit code, stdout and stderr are those of the command', async () => {
    const line = exec(`-c app -- sh -c 'echo out; echo err >&2; exit 7'`)

    const { code, stdout, stderr } = await shell('alice', line)

    expect({ code, stdout }).toEqual({ code: 7, stdout: 'out\n' })
    expect(stderr.endsWith('err\ncommand terminated with exit code 7\n')).toBe(true)
    expect(await shell('alice', line)).toEqual({
      code: 7,
      stdout: 'out\n',
      stderr: 'err\ncommand terminated with exit code 7\n',
    })
  })

  testOnNode('input reaches the command, byte by byte', async () => {
    const line = exec(`-c app -i -- cat`)

    const { code, stdout } = await shell('alice', `printf 'a\\377\\000b' | ${line} | od -An -tx1`)

    expect({ code, stdout: stdout.trim() }).toEqual({ code: 0, stdout: '61 ff 00 62' })
  })

  testOnNode('for a person without any right on pods, into a pod and into a Deployment', async () => {
    const [pod = ''] = await podsOf(namespace, 'web')
    const into = (place: string, rest: string): Promise<Ended> =>
      shell('mallory', `kubectl access exec ${place} -n ${namespace} --reason OPS-42 ${rest}`)

    const workload = await into('deploy/web', '--template other -- hostname')

    expect(workload).toMatchObject({ code: 0, stdout: `${pod}\n` })
    expect(madeIn(workload.stderr)).toMatch(/^exec-other-/)
    // The same again goes in by that request, although kubectl cannot find the pod for mallory.
    expect(await into('deployments.apps/web', '-- hostname')).toEqual({
      code: 0,
      stdout: `${pod}\n`,
      stderr:
        `Goes in by your request ${madeIn(workload.stderr)}.\n` +
        `Request ${madeIn(workload.stderr)} is there already, so --reason is not used.\n`,
    })
    expect(await into('web-0', '-- id')).toMatchObject({ code: 0, stdout: expect.stringMatching(/^uid=0/) })
  })

  testOnNode('for somebody with a strange name, and for a service account', async () => {
    const [jane, robot] = await Promise.all([certificateLogin(oddName, 'dev'), serviceAccountLogin(namespace, 'robot')])

    const [one, other] = await Promise.all([shell(jane, exec('-- id')), shell(robot, exec('-- id'))])

    for (const { code, stdout } of [one, other]) {
      expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringMatching(/^uid=0/) })
    }
    expect((await storedRequest(namespace, madeIn(one.stderr))).spec.requestor?.username).toBe(oddName)
    // The request is found again by the name of its requestor.
    expect(await shell(jane, `${exec('-- id')} `)).toMatchObject({ code: 0 })
    expect(await shell(robot, exec('-- hostname'))).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('(E_REQUEST_SERVICE_ACCOUNT)'),
    })
  })

  testOnNode('--once is for one use', async () => {
    const line = exec('--once -- sh -c true')
    const [first, bob] = [shell('alice', line), shell('bob', grantLine(await waitingRequest('true')))]
    const used = await first
    // For 5 seconds the gate takes the same call as kubectl's second try.
    await until('it is used up', async () => {
      const { stderr } = await shell('alice', `kubectl exec web-0 -n ${namespace} -c app -- sh -c true || true`)
      return /E_USED|E_ENDED/.test(stderr)
    })
    const again = await shell('alice', line.replace(' -- ', ' --wait 1s -- '))

    expect((await bob).code).toBe(0)
    expect(used.code).toBe(0)
    expect((await storedRequest(namespace, madeIn(used.stderr))).spec.once).toBe(true)
    expect(again.code).toBe(4)
    expect(madeIn(again.stderr)).not.toBe(madeIn(used.stderr))
  })
})

describe('exec, where somebody must approve', () => {
  testOnNode('waits, says for whom, and goes in', async () => {
    const running = shell('alice', exec('-- sh -c "echo approved"'))
    const request = await waitingRequest('echo approved')
    const granted = await shell('bob', grantLine(request))

    const { code, stdout, stderr } = await running

    const { name } = request.metadata
    expect(granted.code).toBe(0)
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'approved\n' })
    expect(stderr).toContain(`An approver can look at it:\nkubectl access approve ${name} -n ${namespace}\n`)
    expect(stderr).toContain('\nwaits for 1 more of sre\n')
  })

  testOnNode('a denial is told, with 3', async () => {
    const running = shell('alice', exec('-- sh -c "echo unwanted"'))
    const { metadata } = await waitingRequest('echo unwanted')
    await shell('bob', `kubectl access deny ${metadata.name} -n ${namespace} --message 'use the dashboard'`)

    const { code, stdout, stderr } = await running

    expect({ code, stdout }).toEqual({ code: 3, stdout: '' })
    expect(stderr.endsWith(`Request ${metadata.name} has ended (Denied): bob denied it: use the dashboard.\n`)).toBe(
      true,
    )
  })

  testOnNode('after --wait it ends with 4, and the same command waits for the same request', async () => {
    const late = await shell('alice', exec('--wait 1s -- sh -c "echo patient"'))
    const request = await waitingRequest('echo patient')
    const second = await shell('alice', exec('--wait 1s -- sh -c "echo patient"'))
    const running = shell('alice', exec('-- sh -c "echo patient"'))
    await shell('bob', grantLine(request))

    const { code, stdout } = await running

    expect(late).toMatchObject({
      code: 4,
      stderr: expect.stringContaining('is not ready after 1s. It was not revoked'),
    })
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'patient\n' })
    expect(second).toMatchObject({
      code: 4,
      stderr: expect.stringContaining(`Your request ${request.metadata.name} is there already.`),
    })
    expect(await requestsFor('echo patient')).toBe(1)
  })

  testOnNode('a request that is revoked ends it with 5, and one that has ended is asked for again', async () => {
    const line = '-- sh -c "echo revoked"'
    const running = shell('alice', exec(line))
    const { metadata } = await waitingRequest('echo revoked')
    await shell('alice', `kubectl access revoke ${metadata.name} -n ${namespace}`)

    expect(await running).toMatchObject({
      code: 5,
      stderr: expect.stringContaining(`Request ${metadata.name} has ended (Revoked)`),
    })
    const again = await shell('alice', exec(`--wait 1s ${line}`))
    expect(again.code).toBe(4)
    expect(madeIn(again.stderr)).not.toBe(metadata.name)
  })

  testOnNode('wait follows a request by its name, with the same codes', async () => {
    const late = await shell('alice', exec('--wait 1s -- sh -c "echo followed"'))
    const name = madeIn(late.stderr)
    const wait = `kubectl access wait ${name} -n ${namespace}`
    const waiting = shell('alice', wait)

    expect(await shell('alice', `${wait} --timeout 1s`)).toMatchObject({ code: 4 })
    await shell('bob', grantLine(await waitingRequest('echo followed')))

    expect(await waiting).toMatchObject({
      code: 0,
      stdout: `It is ready:\nkubectl exec web-0 -n ${namespace} -c app -- sh -c 'echo followed'\n`,
      stderr: expect.stringContaining('waits for 1 more of sre'),
    })
    await shell('alice', `kubectl access revoke ${name} -n ${namespace}`)
    expect(await shell('alice', wait)).toMatchObject({ code: 5 })
  })
})

describe('exec tells at once', () => {
  test.each([
    ['a pod that is not there', 'nosuch -- id', 1, 'Error from server (NotFound): pods "nosuch" not found'],
    ['a type that is none', 'nonsense/web -- id', 1, 'error: the server doesn\'t have a resource type "nonsense"'],
    ['a name that leads elsewhere', '../web-0 -- id', 2, 'error: command-argument value'],
    ['a command without --', 'web-0 id', 2, 'error: put the command behind --'],
  ])('%s', async (_what, args, code, sentence) => {
    const ended = await shell('alice', `kubectl access exec -n ${namespace} ${args}`)

    expect(ended).toMatchObject({ code, stdout: '' })
    expect(ended.stderr).toContain(sentence)
  })

  testOnNode('a question that nobody can answer, as stdin is for the command', async () => {
    const ended = await shell(
      'alice',
      `echo id | kubectl access exec web-0 -n ${namespace} -c app --template look -i -- id`,
    )

    expect(ended).toMatchObject({ code: 2, stderr: expect.stringContaining('Add --reason TEXT. ') })
  })

  testOnNode('a user who may neither enter nor ask', async () => {
    const nobody = await certificateLogin('nobody', 'nothing')

    const { code, stderr } = await shell(nobody, exec('-- id'))

    expect(code).toBe(1)
    expect(stderr).toMatch(/^Error from server \(Forbidden\): pods "web-0" is forbidden: User "nobody" cannot get /)
    expect(stderr).toContain(`accessrequests.access.sallyport.dev is forbidden: User "nobody" cannot list`)
  })

  testOnNode(
    'a user who may enter, and may not ask: what the gate says, without the command that was run',
    async () => {
      await mayExec(namespace, 'outsider')
      const outsider = await certificateLogin('outsider', 'nothing')

      const denied = await shell(outsider, `kubectl exec web-0 -n ${namespace} -c app -- id`)
      const { code, stderr } = await shell(outsider, exec('-c app -- id'))

      expect([code, denied.stderr]).toEqual([1, expect.stringContaining('kubectl access exec ')])
      expect(stderr).toMatch(/ denied the request: outsider has no access to pod cli-enter\/web-0 \(E_NO_PASS\)\.\n/)
      expect(stderr).toContain(`accessrequests.access.sallyport.dev is forbidden: User "outsider" cannot list`)
      expect(stderr).not.toContain('kubectl access exec')
    },
  )

  testOnNode('a template that does not offer it, in the words of the server', async () => {
    const { code, stderr } = await shell('alice', exec('-c app --template look -- hostname'))

    expect(code).toBe(1)
    expect(stderr).toContain('(E_TEMPLATE_BEYOND)')
  })
})

describe('the other ways in', () => {
  testOnNode('shell makes a pod, and goes into the same one again', async () => {
    const line = `kubectl access shell beside -n ${namespace}`

    const first = await shell('alice', `echo 'hostname; exit 4' | ${line} --reason OPS-42`)
    const second = await shell('alice', `${line} -- hostname`)

    expect(first.code).toBe(4)
    expect(first.stdout).toMatch(/^sallyport-/)
    expect(first.stderr).toContain(`was made under AccessTemplate beside.`)
    expect(second).toEqual({
      code: 0,
      stdout: first.stdout,
      stderr: `Goes into the pod that you have by request ${madeIn(first.stderr)}.\n`,
    })
    expect(await shell('alice', `${line.replace('beside', 'nosuch')} --reason OPS-42`)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('(E_TEMPLATE_MISSING)'),
    })
  })

  testTerminal('debug adds a container, with the profile that the template allows', async () => {
    const [pod = ''] = await podsOf(namespace, 'web')
    const debug = `kubectl access debug ${pod} -n ${namespace} --reason OPS-42`
    await using screen = terminal('alice', `${debug} --image ${testCluster().images.busybox}`)

    await screen.shows(/was made under AccessTemplate tier/)
    await screen.shows(/# /)
    screen.type(`echo $((6*7)) debugged; exit 6${enterKey}`)
    await screen.shows(/\n42 debugged/)
    await screen.ended()

    const told = [...screen.screen().matchAll(/ container .*\bname\b.* (debugger-\w+)\./g)].map(([, name]) => name)
    const added = 'jsonpath={.spec.ephemeralContainers[*].name}'
    expect(told).toEqual([await admin(['get', 'pod', pod, '-n', namespace, '-o', added])])

    expect(await shell('alice', `${debug} --image nosuch -- id`)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining(`No template offers alice debug containers of image nosuch for ${pod}.`),
    })
  })

  testTerminal('port-forward forwards until Ctrl-C', async () => {
    await using screen = terminal(
      'mallory',
      `kubectl access port-forward deploy/web -n ${namespace} --reason OPS-42 :80`,
    )

    const [, port] = await screen.shows(/Forwarding from 127\.0\.0\.1:(\d+) -> 80/)
    const socket = createConnection(Number(port), '127.0.0.1')
    await once(socket, 'connect')
    socket.destroy()
    screen.type(ctrlC)

    expect(await screen.ended()).toBe(130)
    expect(screen.screen()).toContain('was made under AccessTemplate tier.')
  })
})

describe('at a terminal', () => {
  testTerminal('a shell is asked for, with a reason from a prompt', async () => {
    await using screen = terminal('alice', `kubectl access exec web-0 -n ${namespace} -c app`)

    await screen.shows(/Why do you need access/)
    screen.type(`OPS-42 stuck queue${enterKey}`)
    await screen.shows(/You have access until/)
    await screen.shows(/# /)
    screen.type(`echo $((6*7)) in $(tty)${enterKey}`)
    await screen.shows(/\n42 in \/dev\/pts/)
    screen.type(`exit 5${enterKey}`)

    expect(await screen.ended()).toBe(5)
    expect(screen.screen()).toContain('It asks for a shell with input and a terminal.')
  })

  testTerminal('one of several templates is picked', async () => {
    await using screen = terminal('mallory', `kubectl access exec deploy/web -n ${namespace} --reason OPS-42 -- id`)

    await screen.shows(/Several templates offer this. Which one\?/)
    await screen.shows(/AccessTemplate tier/)
    screen.type(enterKey)
    await screen.shows(/uid=0/)

    expect(await screen.ended()).toBe(0)
    expect(screen.screen()).toContain('was made under AccessTemplate other.')
  })

  testTerminal('the line of waiting lives, and Ctrl-C says what stays', async () => {
    await using screen = terminal('alice', exec('-- sh -c "echo left"'))

    await screen.shows(/waits for 1 more of sre · 0:0\d/)
    const request = await waitingRequest('echo left')
    await screen.shows(/waits for 1 more of sre · 0:0[1-9]/)
    screen.type(ctrlC)

    expect(await screen.ended()).toBe(130)
    const { name } = request.metadata
    expect(screen.screen()).toContain(
      `Request ${name} stays pending.\n` +
        `Go on:     kubectl access wait ${name} -n ${namespace}\n` +
        `Take back: kubectl access revoke ${name} -n ${namespace}\n`,
    )
    expect(screen.raw()).toContain('\u001b[36m')
    expect((await storedRequest(namespace, name)).status?.phase).toBe('Pending')
  })

  testTerminal('Ctrl-C goes to the command that runs', async () => {
    const trap = `trap 'echo caught; exit 9' INT; echo ready; while :; do sleep 1; done`
    const line = exec(`-c app -t -i -- sh -c "${trap}"`)
    await using screen = terminal('alice', line)
    await shell('bob', grantLine(await waitingRequest(trap)))

    await screen.shows(/\nready/)
    screen.type(ctrlC)
    await screen.shows(/caught/)

    expect(await screen.ended()).toBe(9)
  })
})

testOnNode('a gate that does not answer is told as that', async () => {
  process.kill(gate().pid, 'SIGSTOP')
  try {
    const { code, stderr } = await shell('alice', exec('-- id'))

    expect(code).toBe(1)
    expect(stderr).toContain('failed calling webhook "gate.access.sallyport.dev"')
    expect(stderr).toContain("Sallyport's gate does not answer, so nobody gets in.")
  } finally {
    process.kill(gate().pid, 'SIGCONT')
  }
})
