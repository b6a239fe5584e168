import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { debugChange } from '../../../../../src/decision/kinds/exec/debug-change.ts'
import { debugDigest, debugProblems, type DebugRule } from '../../../../../src/decision/kinds/exec/debug-container.ts'
import type { Fields } from '../../../../../src/api/fields.ts'
import { readStored } from '../../../../fixtures/stored-reviews.ts'

const rule: DebugRule = {
  offer: { images: ['tools:1', 'tools:2'], capabilities: ['SYS_PTRACE', 'NET_RAW'] },
  target: 'app',
  podSecurity: {},
}

/** The container as kubectl debug sends it, with the defaults that the API server fills in. */
const good: Fields = {
  name: 'debugger-x',
  image: 'tools:1',
  command: ['sh'],
  args: ['-c', 'ps'],
  env: [{ name: 'TERM', value: 'xterm' }, { name: 'EMPTY' }],
  stdin: true,
  tty: true,
  targetContainerName: 'app',
  resources: {},
  terminationMessagePath: '/dev/termination-log',
  terminationMessagePolicy: 'File',
  imagePullPolicy: 'IfNotPresent',
}

const restricted = {
  allowPrivilegeEscalation: false,
  runAsNonRoot: true,
  capabilities: { drop: ['ALL'] },
  seccompProfile: { type: 'RuntimeDefault' },
}

const texts = (container: Fields, held: DebugRule): readonly string[] =>
  debugProblems(container, held).map(({ problem }) => problem)

const secured = (securityContext: object): Fields => ({ ...good, securityContext })

describe('a debug container passes', () => {
  test.each<[string, Fields]>([
    ['as kubectl debug sends it', good],
    ['by itself, beside no container', { name: 'x', image: 'tools:2' }],
    ['of profile general', secured({ capabilities: { add: ['SYS_PTRACE'] } })],
    ['of profile restricted', secured(restricted)],
    ['of profile baseline', secured({})],
    ['that is explicitly not privileged', secured({ privileged: false, readOnlyRootFilesystem: true })],
  ])('%s', (_title, container) => {
    expect(debugProblems(container, rule)).toEqual([])
  })
})

// Policy engines write the user into each container: kyverno/kyverno#9152.
describe('a user', () => {
  const asUser = secured({ runAsUser: 1000, runAsGroup: 1000, runAsNonRoot: true })
  const offering = { ...rule, offer: { ...rule.offer, runAsUser: 1000, runAsGroup: 1000 } }

  test('passes where it is the pod’s own', () => {
    expect(debugProblems(asUser, { ...rule, podSecurity: { runAsUser: 1000, runAsGroup: 1000 } })).toEqual([])
  })

  test('passes where the template offers it', () => {
    expect(debugProblems(asUser, offering)).toEqual([])
  })

  test.each([0, 1001, '1000', null])('passes as no other: %p', (runAsUser) => {
    expect(texts(secured({ runAsUser }), { ...offering, podSecurity: { runAsUser: 2000 } })).toEqual([
      `securityContext.runAsUser may be 2000 or 1000, not ${String(runAsUser)}`,
    ])
  })
})

describe('what is more is refused by its name', () => {
  test.each<[string, object, string]>([
    ['another image', { image: 'evil:1' }, 'image must be tools:1 or tools:2, not evil:1'],
    ['no image', { image: undefined }, 'image must be'],
    ['an image by its digest', { image: 'tools@sha256:aa' }, 'image must be'],
    ['another target', { targetContainerName: 'vault' }, 'targetContainerName must be app, not vault'],
    ['volumes', { volumeMounts: [{ name: 'data', mountPath: '/data' }] }, 'volumeMounts must be left out'],
    ['devices', { volumeDevices: [] }, 'volumeDevices must be left out'],
    ['ports', { ports: [{ containerPort: 80, hostPort: 80 }] }, 'ports must be left out'],
    ['lifecycle hooks', { lifecycle: { preStop: {} } }, 'lifecycle must be left out'],
    ['probes', { livenessProbe: {} }, 'livenessProbe must be left out'],
    ['a Secret as environment', { envFrom: [{ secretRef: { name: 's' } }] }, 'envFrom must be left out'],
    [
      'a value of a Secret',
      { env: [{ name: 'A', valueFrom: { secretKeyRef: { name: 's', key: 'k' } } }] },
      'env may only have plain strings',
    ],
    ['resources', { resources: { limits: { cpu: '1' } } }, 'resources must be left out'],
    [
      'another message path',
      { terminationMessagePath: '/etc/passwd' },
      'terminationMessagePath may only be /dev/termination-log',
    ],
    ['profile sysadmin', { securityContext: { privileged: true } }, 'privileged may only be false'],
    [
      'profile netadmin',
      { securityContext: { capabilities: { add: ['NET_ADMIN', 'NET_RAW'] } } },
      'capabilities.add may have SYS_PTRACE, NET_RAW, not NET_ADMIN',
    ],
    ['a capability by another name', { securityContext: { capabilities: { add: ['CAP_SYS_PTRACE'] } } }, 'not CAP_'],
    ['all capabilities', { securityContext: { capabilities: { add: ['ALL'] } } }, 'not ALL'],
    ['to be root', { securityContext: { runAsUser: 0 } }, 'runAsUser must be left out'],
    ['to be somebody else', { securityContext: { runAsUser: 1000 } }, 'runAsUser must be left out'],
    ['another group', { securityContext: { runAsGroup: 0 } }, 'runAsGroup must be left out'],
    ['root again', { securityContext: { runAsNonRoot: false } }, 'runAsNonRoot may only be true'],
    ['an unmasked /proc', { securityContext: { procMount: 'Unmasked' } }, 'procMount must be left out'],
    ['SELinux', { securityContext: { seLinuxOptions: { type: 'spc_t' } } }, 'seLinuxOptions must be left out'],
    ['AppArmor', { securityContext: { appArmorProfile: { type: 'Unconfined' } } }, 'appArmorProfile must be left out'],
    ['Windows', { securityContext: { windowsOptions: { hostProcess: true } } }, 'windowsOptions must be left out'],
    ['no seccomp', { securityContext: { seccompProfile: { type: 'Unconfined' } } }, 'may only be RuntimeDefault'],
    ['no object', { securityContext: 'privileged' }, 'securityContext must be an object'],
  ])('%s', (_title, change, text) => {
    expect(texts({ ...good, ...change }, rule).join('; ')).toContain(text)
  })

  test('the common seccomp profile where the pod has one of its own', () => {
    const seccompProfile = { type: 'Localhost', localhostProfile: 'strict.json' }

    expect(debugProblems(secured(restricted), { ...rule, podSecurity: { seccompProfile } })).toHaveLength(1)
  })

  test('any capability where the template names none', () => {
    const offer = { images: ['tools:1'] }
    const container = secured({ capabilities: { add: ['NET_RAW'] } })

    expect(texts(container, { ...rule, offer })).toEqual([
      'securityContext.capabilities.add may have nothing, not NET_RAW',
    ])
  })
})

const passing = Object.keys({ ...good, workingDir: '', stdinOnce: true, securityContext: {} })
const passingSecurity = [...Object.keys(restricted), 'privileged', 'readOnlyRootFilesystem', 'runAsUser', 'runAsGroup']

test('no field beyond the list passes, wherever it is and whatever it holds', () => {
  const unknown = (known: readonly string[]): fc.Arbitrary<Fields> =>
    fc.tuple(fc.string(), fc.jsonValue()).map(([key, value]) => ({ [known.includes(key) ? `${key}s` : key]: value }))
  fc.assert(fc.property(unknown(passing), (more) => debugProblems({ ...good, ...more }, rule).length > 0))
  fc.assert(fc.property(unknown(passingSecurity), (more) => debugProblems(secured(more), rule).length > 0))
  fc.assert(
    fc.property(unknown(['add', 'drop']), (more) => debugProblems(secured({ capabilities: more }), rule).length > 0),
  )
})

test('no value of the fields that give something passes but those of the list', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const images = rule.offer.images.some((image) => image === value)
      expect(debugProblems({ ...good, image: value }, rule).length === 0).toBe(images)
      expect(debugProblems(secured({ privileged: value }), rule).length === 0).toBe(value === false)
      expect(debugProblems({ ...good, targetContainerName: value }, rule).length === 0).toBe(
        ['', 'app'].includes(value as string),
      )
    }),
  )
})

describe('the change of a pod', () => {
  const { object, oldObject } = readStored('ephemeral-containers').request as { object: Fields; oldObject: Fields }
  const spec = object['spec'] as Fields
  const containers = spec['ephemeralContainers'] as readonly Fields[]
  const [first = {}] = containers
  const withContainers = (list: unknown, pod = object): Fields => ({
    ...pod,
    spec: { ...(pod['spec'] as Fields), ephemeralContainers: list },
  })

  test('is the container that kubectl debug added', () => {
    expect(debugChange(object, oldObject)).toEqual({ ok: true, added: first })
  })

  test('may come after others', () => {
    const second = { ...first, name: 'second' }

    expect(debugChange(withContainers([first, second]), object)).toEqual({ ok: true, added: second })
  })

  test.each<[string, unknown, unknown, string]>([
    ['of something else as well', { ...object, spec: { ...spec, hostNetwork: true } }, oldObject, 'changes more'],
    [
      'of a label',
      { ...object, metadata: { ...(object['metadata'] as Fields), labels: {} } },
      oldObject,
      'changes more',
    ],
    ['by two', withContainers([first, { ...first, name: 'b' }]), oldObject, 'it adds 2'],
    ['by none', object, object, 'it adds 0'],
    ['of one that is there', withContainers([{ ...first, image: 'evil' }]), object, 'changes or removes'],
    ['by taking one away', withContainers([{ ...first, name: 'b' }]), object, 'changes or removes'],
    ['by the same twice', withContainers([first, first]), object, 'changes or removes'],
    ['by one without a name', withContainers([{ image: 'tools:1' }]), oldObject, 'has no name'],
    ['by no container', withContainers(['x']), oldObject, 'it adds 1'],
    ['by no list', withContainers('x'), oldObject, 'cannot be read'],
    ['from nothing', object, null, 'cannot be read'],
  ])('%s is refused', (_title, after, before, text) => {
    expect(debugChange(after, before)).toEqual({ ok: false, problem: expect.stringContaining(text) })
  })
})

test('a container is known by all that it is, in whatever order', () => {
  const reversed = Object.fromEntries(Object.entries(good).reverse())

  expect(debugDigest(reversed)).toBe(debugDigest(good))
  expect(debugDigest({ ...good, command: ['id'] })).not.toBe(debugDigest(good))
})
