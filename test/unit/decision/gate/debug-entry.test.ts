import { describe, expect, test } from '@jest/globals'
import type { AccessRecord } from '../../../../src/api/kinds/access-record.ts'
import { apiVersion } from '../../../../src/api/kinds/kind.ts'
import type { Decision } from '../../../../src/decision/decision.ts'
import { debugDigest } from '../../../../src/decision/kinds/exec/debug-container.ts'
import type { PodEntry } from '../../../../src/decision/gate/entry.ts'
import { decideAccess } from '../../../../src/decision/gate/gate.ts'
import { aPass, aPod, active, aRequest, anExecTemplate, at, aTemplate } from '../../../fixtures/example-access.ts'
import { anyDirect } from '../../../fixtures/any-direct.ts'

const offered = anExecTemplate({ debug: { images: ['tools:1'], capabilities: ['SYS_PTRACE'] } })
const templateRef = { kind: 'AccessTemplate', name: 'web' } as const
const asked = (spec: object = {}): ReturnType<typeof active> => {
  const request = active(
    aRequest({ templateRef, exec: { pod: 'web-0', container: 'app', debug: true }, ...spec }),
    offered,
  )
  return { ...request, status: { ...request.status, approvals: [] } }
}
const added = { name: 'tools', image: 'tools:1', targetContainerName: 'app' }
const running = { ephemeralContainerStatuses: [{ name: 'tools', imageID: 'sha256:bb', state: { running: {} } }] }
const withDebug = (container: object = added): ReturnType<typeof aPod> => {
  const pod = aPod()
  return {
    ...pod,
    spec: { ...pod.spec, ephemeralContainers: [container as typeof added] },
    status: { ...pod.status, ...running },
  }
}
const where = { namespace: 'shop', name: 'web-0' }
const adding = (container: object): PodEntry => ({
  way: 'pods/ephemeralcontainers',
  ...where,
  oldObject: aPod(),
  object: { ...aPod(), spec: { ...aPod().spec, ephemeralContainers: [container] } },
})
const attaching: PodEntry = { way: 'pods/attach', ...where, container: 'tools', stdin: true, tty: true }

const record = (debug: object = {}, request: object = {}): AccessRecord => ({
  apiVersion,
  kind: 'AccessRecord',
  metadata: { ...aPod().metadata, name: 'debug-pod-1-tools', namespace: 'sallyport-system' },
  spec: {
    id: 'id',
    type: 'dev.sallyport.debug.added.v1',
    time: '2026-11-21T12:10:00.000000Z',
    request: { namespace: 'shop', name: 'look', uid: 'request-1', ...request },
    debug: {
      username: 'alice',
      pod: 'web-0',
      podUID: 'pod-1',
      container: 'tools',
      digest: debugDigest(added),
      ...debug,
    },
  },
})

interface Case {
  readonly request?: ReturnType<typeof active>
  readonly pod?: ReturnType<typeof aPod>
  readonly debug?: AccessRecord | undefined
  readonly template?: ReturnType<typeof aTemplate>
}

function decide(entry: PodEntry, given: Case = {}): Decision {
  const { request = asked(), pod = withDebug(), template = offered } = given
  const snapshot = {
    pod,
    pass: aPass(request),
    requests: new Map([['look', request]]),
    grants: new Map(),
    controllers: [],
    templates: new Map([['AccessTemplate/web', template]]),
    debug: 'debug' in given ? given.debug : record(),
  }
  const now = at('12:30:00')
  return decideAccess(snapshot, {
    entry,
    user: { username: 'alice', groups: ['dev'] },
    now,
    approval: { requireDigest: true, direct: anyDirect },
  })
}

describe('a debug container', () => {
  test('may be added by who asked for it, as the template offers it', () => {
    expect(decide(adding(added))).toMatchObject({ verdict: 'allow', access: { podUID: 'pod-1' } })
  })

  test('beyond that is refused, with what is allowed', () => {
    expect(decide(adding({ ...added, securityContext: { privileged: true } }))).toEqual({
      verdict: 'deny',
      code: 'E_DEBUG',
      status: 403,
      message:
        'This access to pod shop/web-0 does not allow that debug container: securityContext.privileged ' +
        'may only be false (E_DEBUG). For instance, this is allowed:\n' +
        'kubectl debug -it web-0 -n shop --image=tools:1 --target=app --profile=general',
    })
  })

  test('is not for who did not ask for it, nor where the template offers none, nor for one use', () => {
    const unasked = asked({ exec: { pod: 'web-0', container: 'app' } })

    expect(decide(adding(added), { request: unasked })).toMatchObject({ code: 'E_NOT_LISTED' })
    expect(decide(adding(added), { template: aTemplate() })).toMatchObject({ code: 'E_NOT_LISTED' })
    expect(decide(adding(added), { request: asked({ once: true }) })).toMatchObject({ code: 'E_NOT_LISTED' })
  })
})

describe('to a debug container', () => {
  test('who added it may attach, with input and a terminal', () => {
    expect(decide(attaching)).toMatchObject({ verdict: 'allow', code: 'ACCESS' })
  })

  test.each<[string, Case]>([
    ['that nobody was let add', { debug: undefined }],
    ['of another request', { debug: record({}, { uid: 'request-2' }) }],
    ['of another pod of the name', { debug: record({ podUID: 'pod-2' }) }],
    ['of another name', { debug: record({ container: 'other' }) }],
    ['that is another than was let in', { pod: withDebug({ ...added, command: ['sh'] }) }],
    ['that does not run', { pod: { ...withDebug(), status: { ...aPod().status } } }],
  ])('%s nobody attaches', (_title, given) => {
    expect(decide(attaching, given)).toMatchObject({ verdict: 'deny', code: 'E_NOT_LISTED' })
  })

  test('nobody execs, and attach to the container of the access is as listed as before', () => {
    const exec: PodEntry = { ...attaching, way: 'pods/exec', command: ['sh'] }

    expect(decide(exec)).toMatchObject({ verdict: 'deny', code: 'E_NOT_ASKED' })
    expect(decide({ ...attaching, container: 'app' })).toMatchObject({ code: 'E_NOT_LISTED' })
    expect(decide({ ...attaching, container: '' })).toMatchObject({ code: 'E_NOT_LISTED' })
  })
})
